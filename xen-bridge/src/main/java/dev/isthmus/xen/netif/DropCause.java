package dev.isthmus.xen.netif;

/** Why a frame goes no further. */
public enum DropCause {
    /** It goes on. */
    NONE(NetifLayout.OKAY),
    /** Sent: shorter than an Ethernet header, or pieces that are larger together than the whole. */
    SIZE(NetifLayout.ERROR),
    /** Sent: a piece leaves its page. */
    OUTSIDE_PAGE(NetifLayout.ERROR),
    /** Sent: more pieces than netif.h allows. */
    TOO_MANY_SLOTS(NetifLayout.ERROR),
    /** Sent: an extra info that was not offered. */
    EXTRA(NetifLayout.ERROR),
    /** Sent: segments without a size, of another protocol than the frame, or not offered. */
    GSO(NetifLayout.ERROR),
    /** Sent: a checksum is to be made where none can be. */
    CHECKSUM(NetifLayout.ERROR),
    /** A page of the guest's could not be copied. */
    COPY(NetifLayout.ERROR),
    /** Sent from an address that is not the guest's. */
    SOURCE_ADDRESS(NetifLayout.ERROR),
    /** Sent: an ARP packet that speaks of another sender's address. */
    ARP(NetifLayout.ERROR),
    /** Sent: a neighbor discovery packet that speaks of another's address, or hides of whose. */
    NEIGHBOR_DISCOVERY(NetifLayout.ERROR),
    /** Sent: headers that nobody could look through. */
    HEADERS(NetifLayout.ERROR),
    /** Received: larger than the guest takes. */
    TOO_LARGE(NetifLayout.ERROR),
    /** Received: the back-end says what cannot be of a frame. */
    BACKEND(NetifLayout.ERROR);

    /** What a guest that sent it is told. */
    final int status;

    DropCause(int status) {
        this.status = status;
    }
}
