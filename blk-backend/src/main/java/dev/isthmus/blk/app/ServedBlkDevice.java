package dev.isthmus.blk.app;

import dev.isthmus.blk.BlkDevice;
import dev.isthmus.server.DeviceServer;

/** A block device of this process that is being served. */
record ServedBlkDevice(BlkDeviceProperties properties, DeviceServer server, BlkDevice device) {}
