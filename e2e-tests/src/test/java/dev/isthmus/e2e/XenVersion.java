package dev.isthmus.e2e;

/** The versions of Xen that the two newest Debians bring, with dom0's kernel and tools of the same Debian. */
enum XenVersion {
    /** Debian 12. It knows no disks of kind vbd3. */
    V4_17("4.17"),
    /** Debian 13. */
    V4_20("4.20");

    private final String number;

    XenVersion(String number) {
        this.number = number;
    }

    /** @param number such as 4.17 */
    static XenVersion of(String number) {
        for (XenVersion version : values()) {
            if (version.number.equals(number)) {
                return version;
            }
        }
        throw new IllegalArgumentException("no Xen " + number + " here");
    }

    @Override
    public String toString() {
        return number;
    }
}
