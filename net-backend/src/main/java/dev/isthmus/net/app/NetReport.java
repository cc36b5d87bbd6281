package dev.isthmus.net.app;

import dev.isthmus.net.uplink.UplinkAbilities;
import dev.isthmus.server.DeviceReport;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is known about a network device and its uplink. */
record NetReport(NetDeviceProperties properties, OpenUplink uplink) implements DeviceReport {
    private static final String CAPTURE = "capture";

    @Override
    public Map<String, Object> details() {
        UplinkAbilities abilities = uplink.uplink().abilities();
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("uplink", properties.uplink().describe());
        details.put("queuePairs", properties.options().queuePairs());
        details.put("mtu", properties.options().mtu() == 0 ? abilities.mtu() : properties.options().mtu());
        details.put("transport", properties.workers().transport().resolve().text());
        if (uplink.capturing() != null) {
            details.putAll(Captures.details(uplink.capturing()));
        }
        return details;
    }

    @Override
    public List<String> problems() {
        return uplink.problems().get();
    }

    /** There is nothing to look at again: an interface is asked each time. */
    @Override
    public void refresh() {}

    @Override
    public void change(String what, Map<String, String> wanted) throws IOException {
        if (!what.equals(CAPTURE)) {
            throw new IllegalArgumentException("That cannot be done to this kind of device.");
        }
        if (uplink.capturing() == null) {
            throw new IllegalArgumentException("The frames of uplink=null are not worth a file.");
        }
        Captures.change(uplink.capturing(), wanted);
    }
}
