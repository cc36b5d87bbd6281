package dev.isthmus.xen.netif;

import dev.isthmus.linux.HostMemory;

/**
 * Where the headers of a frame are. Looks at bytes nobody can change any more, and never beyond those it is given. Hot;
 * the worker's alone.
 *
 * <pre>
 *   Ethernet 14, tags 4 each │ IPv4, IPv6 and its extensions, or ARP │ TCP, UDP, ICMPv6 ...
 *                            network                                transport
 * </pre>
 */
final class FrameHeaders {
    // Kinds of the network header.
    static final int OTHER = 0;
    static final int IPV4 = 4;
    static final int IPV6 = 6;
    static final int ARP = 1;

    // Protocols: https://www.iana.org/assignments/protocol-numbers
    static final int TCP = 6;
    static final int UDP = 17;
    static final int ICMPV6 = 58;

    private static final int TYPE_IPV4 = 0x0800;
    private static final int TYPE_ARP = 0x0806;
    private static final int TYPE_VLAN = 0x8100;
    private static final int TYPE_SERVICE_VLAN = 0x88a8;
    private static final int TYPE_OLD_SERVICE_VLAN = 0x9100;
    private static final int TYPE_IPV6 = 0x86dd;
    private static final int TAG_BYTES = 4;
    /** Two are in use, one more is not. */
    private static final int TAGS_MAX = 3;

    private static final int IPV4_BYTES_MIN = 20;
    private static final int IPV6_BYTES = 40;

    /** RFC 8200, 4: extension headers. */
    private static final int HOP_BY_HOP = 0;
    private static final int ROUTING = 43;
    private static final int FRAGMENT = 44;
    private static final int AUTHENTICATION = 51;
    private static final int DESTINATION = 60;
    private static final int MOBILITY = 135;
    /** Each may come once, and the one for the destination twice. */
    private static final int EXTENSIONS_MAX = 8;

    int kind;
    /** Offset of the network header. */
    int network;
    /** Offset of what the network header carries, if it is IP. */
    int transport;
    int protocol;
    /** It is a part of a packet, and whether it is the first one. */
    boolean fragment;
    boolean firstFragment;

    /**
     * Reads them.
     *
     * @param at of the Ethernet header
     * @param bytes that may be looked at, at least 14
     * @return whether they could be read to their end
     */
    boolean read(long at, int bytes) {
        kind = OTHER;
        fragment = false;
        firstFragment = false;
        int type = u16(at + 12);
        int offset = Limits.FRAME_BYTES_MIN;
        for (int tags = 0; isTag(type); tags++) {
            if (tags == TAGS_MAX || bytes - offset < TAG_BYTES) {
                return false;
            }
            type = u16(at + offset + 2);
            offset += TAG_BYTES;
        }
        network = offset;
        return switch (type) {
            case TYPE_IPV4 -> readV4(at, bytes);
            case TYPE_IPV6 -> readV6(at, bytes);
            case TYPE_ARP -> {
                kind = ARP;
                yield true;
            }
            default -> true;
        };
    }

    private static boolean isTag(int type) {
        return type == TYPE_VLAN || type == TYPE_SERVICE_VLAN || type == TYPE_OLD_SERVICE_VLAN;
    }

    /** RFC 791, 3.1. */
    private boolean readV4(long at, int bytes) {
        if (bytes - network < IPV4_BYTES_MIN) {
            return false;
        }
        int first = HostMemory.u8(at + network);
        int length = (first & 0xf) * 4;
        if (first >> 4 != 4 || length < IPV4_BYTES_MIN || bytes - network < length) {
            return false;
        }
        kind = IPV4;
        int part = u16(at + network + 6);
        fragment = (part & 0x3fff) != 0;
        firstFragment = (part & 0x1fff) == 0;
        protocol = HostMemory.u8(at + network + 9);
        transport = network + length;
        return true;
    }

    private boolean readV6(long at, int bytes) {
        if (bytes - network < IPV6_BYTES || HostMemory.u8(at + network) >> 4 != 6) {
            return false;
        }
        int next = HostMemory.u8(at + network + 6);
        int offset = network + IPV6_BYTES;
        for (int extensions = 0; isExtension(next); extensions++) {
            if (extensions == EXTENSIONS_MAX || bytes - offset < 8) {
                return false;
            }
            int length = HostMemory.u8(at + offset + 1);
            if (next == FRAGMENT) {
                int part = u16(at + offset + 2);
                fragment = (part & 0xfff9) != 0;
                firstFragment = (part & 0xfff8) == 0;
                length = 8;
            } else {
                length = next == AUTHENTICATION ? (length + 2) * 4 : (length + 1) * 8;
            }
            next = HostMemory.u8(at + offset);
            offset += length;
            if (fragment && !firstFragment) {
                // What follows is in the middle of something.
                break;
            }
        }
        kind = IPV6;
        protocol = next;
        transport = offset;
        return offset <= bytes;
    }

    private static boolean isExtension(int next) {
        return switch (next) {
            case HOP_BY_HOP, ROUTING, FRAGMENT, AUTHENTICATION, DESTINATION, MOBILITY -> true;
            default -> false;
        };
    }

    /** Numbers in headers are big-endian. */
    static int u16(long at) {
        return HostMemory.u8(at) << 8 | HostMemory.u8(at + 1);
    }

    static void putU16(long at, int value) {
        HostMemory.putU8(at, value >> 8 & 0xff);
        HostMemory.putU8(at + 1, value & 0xff);
    }
}
