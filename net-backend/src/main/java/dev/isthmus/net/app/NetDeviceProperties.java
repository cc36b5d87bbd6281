package dev.isthmus.net.app;

import dev.isthmus.net.NetDeviceOptions;
import dev.isthmus.server.options.CommonProperties;
import dev.isthmus.server.options.DeviceProperties;

/** One device as the operator wants it; made by {@link NetDeviceParser} only, so it is valid. */
record NetDeviceProperties(CommonProperties common, UplinkProperties uplink, NetDeviceOptions options)
        implements DeviceProperties {}
