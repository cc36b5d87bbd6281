package dev.isthmus.blk.app;

import dev.isthmus.blk.BlkDevice;
import dev.isthmus.blk.store.BlockLimits;
import dev.isthmus.blk.store.fault.FaultRule;
import dev.isthmus.blk.store.fault.FaultStore;
import dev.isthmus.loop.Transport;
import dev.isthmus.server.DeviceReport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known about a block device and its store.
 *
 * @param limit how much may be asked of the store
 * @param faults the device's store, if it can be made to misbehave
 */
record BlkReport(BlkDevice device, StoreProperties store, Transport transport, DeviceLimit limit,
        @Nullable FaultStore faults) implements DeviceReport {
    @Override
    public Map<String, Object> details() {
        BlockLimits limits = device.store().limits();
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("store", store.describe());
        details.put("capacityBytes", limits.sizeBytes());
        details.put("readOnly", limits.readOnly());
        details.put("transport", transport.text());
        details.put("qos", limit.describe());
        if (faults != null) {
            FaultRule rule = faults.rule();
            details.put("faults", rule == null ? "none" : rule.toString());
        }
        return details;
    }

    @Override
    public List<String> problems() {
        List<String> problems = new ArrayList<>(StoreProblems.of(device.store().counters(), device.store().limits()));
        String startProblem = device.startProblem();
        if (startProblem != null) {
            problems.add("The last front-end could not be served: " + startProblem);
        }
        return problems;
    }

    @Override
    public void refresh() throws IOException {
        device.refresh();
    }

    @Override
    public void change(String what, Map<String, String> wanted) throws IOException {
        if (what.equals("qos")) {
            limit.change(wanted);
        } else {
            DeviceVolume.change(device, what, wanted);
        }
    }

    @Override
    public void inject(Map<String, String> wanted) {
        if (faults == null) {
            throw new IllegalArgumentException("No faults can be injected: the device was not started with faults=on.");
        }
        faults.rule(FaultParser.parse(wanted));
    }
}
