package dev.isthmus.xen.app;

import dev.isthmus.xen.EventChannels;
import dev.isthmus.xen.EvtchnEventChannels;
import dev.isthmus.xen.GntdevGrantTable;
import dev.isthmus.xen.GrantTable;
import dev.isthmus.xen.bridge.XenDevices;
import java.io.IOException;

/** The kernel's devices. */
final class KernelXen implements XenDevices {
    @Override
    public GrantTable openGrantTable() throws IOException {
        return GntdevGrantTable.open();
    }

    @Override
    public EventChannels openEventChannels() throws IOException {
        return EvtchnEventChannels.open();
    }
}
