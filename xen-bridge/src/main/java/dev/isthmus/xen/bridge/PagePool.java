package dev.isthmus.xen.bridge;

import dev.isthmus.xen.GrantTable;

/**
 * Pages of the memory that is shared with the back-end, for data on its way. Hot; the worker's alone. Last given, first
 * taken: pages that are given back in reverse order are taken side by side again.
 */
public final class PagePool {
    private final long[] pages;
    private int free;

    /** @param address of the first byte, aligned to a page */
    public PagePool(long address, int count) {
        this.pages = new long[count];
        for (int i = count - 1; i >= 0; i--) {
            give(address + (long) i * GrantTable.PAGE_BYTES);
        }
    }

    public int free() {
        return free;
    }

    /** Only when one is free. */
    public long take() {
        return pages[--free];
    }

    public void give(long page) {
        pages[free++] = page;
    }
}
