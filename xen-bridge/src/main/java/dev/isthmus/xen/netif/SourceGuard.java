package dev.isthmus.xen.netif;

import dev.isthmus.linux.HostMemory;

/**
 * Whether a guest sends as itself: from its own address, and without telling others that an address of the network is
 * to be found at a card that is not its own. Hot; the worker's alone.
 */
final class SourceGuard {
    private static final int SOURCE = 6;

    /** RFC 826: over Ethernet, addresses of 6 bytes, the sender's at 8. */
    private static final int ARP_BYTES = 14;
    private static final int ARP_LENGTH = 4;
    private static final int ARP_SENDER = 8;

    /** RFC 4861, 4.1 to 4.5: types, and where their options begin. */
    private static final int SOLICIT_ROUTER = 133;
    private static final int ADVERTISE_ROUTER = 134;
    private static final int SOLICIT_NEIGHBOR = 135;
    private static final int ADVERTISE_NEIGHBOR = 136;
    private static final int REDIRECT = 137;
    /** RFC 4861, 4.6.1. */
    private static final int SOURCE_LINK_ADDRESS = 1;
    private static final int TARGET_LINK_ADDRESS = 2;
    private static final int OPTION_UNIT = 8;

    private final MacAddress mac;

    SourceGuard(MacAddress mac) {
        this.mac = mac;
    }

    /**
     * Looks at a frame whose headers were read.
     *
     * @param at of the Ethernet header
     * @param bytes that may be looked at
     * @param complete whether these are all of the frame
     */
    DropCause check(FrameHeaders headers, long at, int bytes, boolean complete) {
        if (!mac.isAt(at + SOURCE)) {
            return DropCause.SOURCE_ADDRESS;
        }
        return switch (headers.kind) {
            case FrameHeaders.ARP -> checkArp(at + headers.network, bytes - headers.network);
            case FrameHeaders.IPV6 -> headers.protocol == FrameHeaders.ICMPV6
                    ? checkIcmp(headers, at, bytes, complete) : DropCause.NONE;
            default -> DropCause.NONE;
        };
    }

    private DropCause checkArp(long arp, int bytes) {
        boolean own = bytes >= ARP_BYTES && HostMemory.u8(arp + ARP_LENGTH) == MacAddress.BYTES
                && mac.isAt(arp + ARP_SENDER);
        return own ? DropCause.NONE : DropCause.ARP;
    }

    private DropCause checkIcmp(FrameHeaders headers, long at, int bytes, boolean complete) {
        if (headers.fragment && !headers.firstFragment) {
            // RFC 6980: nobody who follows it takes neighbor discovery in parts.
            return DropCause.NONE;
        }
        if (headers.transport >= bytes) {
            return DropCause.NEIGHBOR_DISCOVERY;
        }
        int options = switch (HostMemory.u8(at + headers.transport)) {
            case SOLICIT_ROUTER -> 8;
            case ADVERTISE_ROUTER -> 16;
            case SOLICIT_NEIGHBOR, ADVERTISE_NEIGHBOR -> 24;
            case REDIRECT -> 40;
            default -> 0;
        };
        if (options == 0) {
            return DropCause.NONE;
        }
        // What cannot be seen is not believed.
        boolean visible = complete && !headers.fragment;
        return visible && areOwn(at, headers.transport + options, bytes) ? DropCause.NONE
                : DropCause.NEIGHBOR_DISCOVERY;
    }

    /** Whether all link-layer addresses in the options are the guest's own. Each option is 8 bytes at least. */
    private boolean areOwn(long at, int first, int bytes) {
        int offset = first;
        while (bytes - offset >= OPTION_UNIT) {
            int type = HostMemory.u8(at + offset);
            int length = HostMemory.u8(at + offset + 1) * OPTION_UNIT;
            if (length == 0) {
                return false;
            }
            if ((type == SOURCE_LINK_ADDRESS || type == TARGET_LINK_ADDRESS) && !mac.isAt(at + offset + 2)) {
                return false;
            }
            offset += length;
        }
        return offset <= bytes;
    }
}
