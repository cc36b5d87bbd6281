package dev.isthmus.xen.app;

import dev.isthmus.xen.Xenstore;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where devices are in xenstore.
 *
 * @param domain ours: the one whose back-ends we look for
 */
record StorePaths(int domain) {
    private static final Pattern SLASH = Pattern.compile("/");

    /** Asks the store who we are; domain 0 has no node that says so until somebody has written it. */
    static StorePaths ask(Xenstore store) throws IOException {
        Optional<String> domain = store.read("domid");
        try {
            return new StorePaths(Integer.parseInt(domain.orElse("0").strip()));
        } catch (NumberFormatException e) {
            throw new IOException("xenstore says our domain is \"" + domain.orElse("") + "\"", e);
        }
    }

    /** Of all back-ends in this domain; kinds below it. */
    String backends() {
        return "/local/domain/" + domain + "/backend";
    }

    String backend(DeviceId id) {
        return backends() + "/" + id.kind() + "/" + id.domain() + "/" + id.device();
    }

    /** Where other back-ends leave their last words: {@code xenbus_dev_error} of Linux. */
    String error(DeviceId id) {
        return "/local/domain/" + domain + "/error/backend/" + id.kind() + "/" + id.domain() + "/" + id.device()
                + "/error";
    }

    /** The parts of a path below {@link #backends}; empty when it is somewhere else. */
    List<String> partsOf(String path) {
        String root = backends() + "/";
        return path.startsWith(root) ? SLASH.splitAsStream(path.substring(root.length())).toList() : List.of();
    }
}
