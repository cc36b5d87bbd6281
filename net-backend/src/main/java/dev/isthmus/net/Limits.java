package dev.isthmus.net;

/** Limits of this package. */
final class Limits {
    static final int ETHERNET_HEADER_BYTES = 14;

    /** Two tags, as providers stack them. */
    static final int VLAN_TAGS_BYTES = 8;

    /** An IP packet of 65,535 bytes and what is before it. virtio 1.3, 5.1.6.3.1 says 65,550, without tags. */
    static final int FRAME_BYTES_MAX = 65_535 + ETHERNET_HEADER_BYTES + VLAN_TAGS_BYTES;

    /** Frames of one ring a turn: what is done is shown soon, but not one by one. */
    static final int FRAMES_PER_TURN = 32;

    /** Pieces handed to the uplink in one array: IOV_MAX of Linux less one for a header and one for what runs over. */
    static final int PIECES_MAX = 1022;

    /** A frame that the uplink had no room for is offered again after this time. */
    static final long LATER_NANOS = 50_000;

    /** An uplink that had nothing is asked again after so many turns of a busy worker; a sleeping one is woken. */
    static final int TURNS_BETWEEN_LOOKS = 8;

    /** Data of a control command that is looked at: two tables of MAC addresses are the longest there is. */
    static final int COMMAND_BYTES_MAX = 4096;

    private Limits() {}
}
