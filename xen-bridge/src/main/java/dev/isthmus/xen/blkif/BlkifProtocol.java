package dev.isthmus.xen.blkif;

import java.util.Optional;

/**
 * How a guest lays out its ring: {@code public/io/protocols.h}. They differ in the alignment of 64-bit numbers.
 */
public enum BlkifProtocol {
    /** What a front-end speaks that names none: this machine's. */
    NATIVE(8),
    X86_32(4),
    X86_64(8);

    private final RequestLayout layout;

    BlkifProtocol(int alignment) {
        this.layout = new RequestLayout(alignment);
    }

    /** The protocol a front-end names in its node {@code protocol}; empty when it is none of ours. */
    public static Optional<BlkifProtocol> named(String name) {
        return switch (name) {
            case "x86_32-abi" -> Optional.of(X86_32);
            case "x86_64-abi" -> Optional.of(X86_64);
            // 64-bit numbers are aligned to 8 bytes on 32-bit ARM too.
            case "arm-abi" -> Optional.of(NATIVE);
            default -> Optional.empty();
        };
    }

    RequestLayout layout() {
        return layout;
    }
}
