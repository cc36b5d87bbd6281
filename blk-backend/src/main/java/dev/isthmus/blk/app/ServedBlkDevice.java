package dev.isthmus.blk.app;

import dev.isthmus.blk.BlkDevice;
import dev.isthmus.server.ServedDevice;

/** A block device of this process, as what it is and as a device like any other. */
record ServedBlkDevice(BlkDevice device, ServedDevice served) {}
