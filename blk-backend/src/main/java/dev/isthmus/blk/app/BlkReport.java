package dev.isthmus.blk.app;

import dev.isthmus.blk.BlkDevice;
import dev.isthmus.blk.store.BlockLimits;
import dev.isthmus.loop.Transport;
import dev.isthmus.server.DeviceReport;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is known about a block device and its store. */
record BlkReport(BlkDevice device, StoreProperties store, Transport transport) implements DeviceReport {
    private static final String FLUSH_FAILED =
            "A flush failed: what the guest wrote may be lost. Every flush fails until the image is opened anew.";

    @Override
    public Map<String, Object> details() {
        BlockLimits limits = device.store().limits();
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("store", store.describe());
        details.put("capacityBytes", limits.sizeBytes());
        details.put("readOnly", limits.readOnly());
        details.put("transport", transport.text());
        return details;
    }

    @Override
    public List<String> problems() {
        return device.store().counters().flushFailed()
                ? List.of(FLUSH_FAILED)
                : List.of();
    }

    @Override
    public void refresh() throws IOException {
        device.refresh();
    }
}
