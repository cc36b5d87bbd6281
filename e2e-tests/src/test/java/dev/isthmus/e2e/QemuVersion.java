package dev.isthmus.e2e;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The QEMU guests run on. */
record QemuVersion(int major, int minor) {

    private static final Pattern VERSION = Pattern.compile("version ([0-9]+)\\.([0-9]+)");

    /** The beginning of the command that runs it. */
    static final List<String> OF_THE_MACHINE = List.of("qemu-system-x86_64");

    /** @param qemu the beginning of a command */
    static QemuVersion of(List<String> qemu) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(qemu);
        command.add("--version");
        Matcher matcher = VERSION.matcher(Host.run(command.toArray(String[]::new)));
        if (!matcher.find()) {
            throw new IOException("QEMU tells no version");
        }
        return new QemuVersion(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    /**
     * Whether a back-end that dies between accepting the connection and the end of vhost_dev_init is never spoken to
     * again: QEMU connects anew and says nothing, and the guest hangs. From QEMU's commit 71e076a07d (7.2) to
     * "vhost-user: fix lost reconnect again" (9.1).
     */
    boolean losesReconnect() {
        return major >= 7 && (major < 9 || major == 9 && minor < 1);
    }

    /**
     * Whether a card of vhost-user ends QEMU by SIGSEGV as soon as its driver starts, without KVM and with interrupts
     * by messages: 7.2 as Debian 12 has it, at the interrupt of the configuration.
     */
    boolean endsByMsiOfCards() {
        return major == 7;
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
