package dev.isthmus.net.app;

import dev.isthmus.net.NetDevice;
import dev.isthmus.server.ServedDevice;

/** A network device of this process, as what it is and as a device like any other. */
record ServedNetDevice(NetDevice device, ServedDevice served) {}
