package dev.isthmus.net.app;

import dev.isthmus.net.uplink.UplinkAbilities;
import dev.isthmus.server.DeviceReport;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is known about a network device and its uplink. */
record NetReport(NetDeviceProperties properties, OpenUplink uplink) implements DeviceReport {
    @Override
    public Map<String, Object> details() {
        UplinkAbilities abilities = uplink.uplink().abilities();
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("uplink", properties.uplink().describe());
        details.put("queuePairs", properties.options().queuePairs());
        details.put("mtu", properties.options().mtu() == 0 ? abilities.mtu() : properties.options().mtu());
        details.put("transport", properties.workers().transport().resolve().text());
        return details;
    }

    @Override
    public List<String> problems() {
        return uplink.problems().get();
    }

    /** There is nothing to look at again: an interface is asked each time. */
    @Override
    public void refresh() {}
}
