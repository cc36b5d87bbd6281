package dev.isthmus.xen.app;

import java.util.List;
import java.util.Optional;

/**
 * Which device: its kind, the guest's domain, and its number there, as the path of its back-end's directory has them.
 */
record DeviceId(String kind, int domain, int device) {
    /** What xl makes of a disk that blkback could serve as well. */
    static final String VBD = "vbd";

    /** What xl makes of {@code backendtype=tap}, Xen 4.19 and newer. */
    static final String VBD3 = "vbd3";

    /** What xl makes of a card, netback's or ours. */
    static final String VIF = "vif";

    /** What {@code isthmus-xen attach} makes; no toolstack knows it. */
    static final String OWN = "isthmus";

    /** The same, of a card. */
    static final String OWN_VIF = "isthmus-vif";

    private static final int PARTS = 3;

    /** Of {@code kind/domain/device}, whatever follows; empty when there is less, or other than numbers. */
    static Optional<DeviceId> parse(List<String> parts) {
        if (parts.size() < PARTS || parts.getFirst().isEmpty()) {
            return Optional.empty();
        }
        try {
            int domain = Integer.parseUnsignedInt(parts.get(1));
            int device = Integer.parseUnsignedInt(parts.get(2));
            return domain < 0 || device < 0 ? Optional.empty() : Optional.of(new DeviceId(parts.get(0), domain,
                    device));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Whether nobody but this project cares for its nodes. */
    boolean isOwn() {
        return kind.equals(OWN) || kind.equals(OWN_VIF);
    }

    boolean isCard() {
        return kind.equals(VIF) || kind.equals(OWN_VIF);
    }

    /** {@code kind-domain-device}: so the kernel names it in sysfs, and we in log lines. */
    @Override
    public String toString() {
        return kind + "-" + domain + "-" + device;
    }
}
