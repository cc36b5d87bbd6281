package dev.isthmus.bench.load;

/** What a sample of the data that was read is compared with. Writes always write what SECTOR_NUMBERS wants to read. */
public enum LoadCheck {
    /** Nothing: a null store that does not fill. */
    NONE,
    /** Zeroes: a null store that fills. */
    ZEROES,
    /** Every sector begins with its own number, u64 little-endian; the rest of it is not looked at. */
    SECTOR_NUMBERS
}
