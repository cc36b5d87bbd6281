package dev.isthmus.device;

/** Messages beside the plain ones about memory and rings; a front-end is offered those the device has a use for. */
public enum DeviceMessages {
    /** It reads and writes the configuration space here, and is told of changes. */
    CONFIGURATION,
    /** It keeps what the device has taken and not handed back. */
    INFLIGHT,
    /** It adds and removes regions of memory one by one, where it otherwise names all of them again. */
    MEMORY_SLOTS,
    /** It tells a network device its MTU, and that its guest has moved. */
    NETWORK
}
