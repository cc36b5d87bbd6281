package dev.isthmus.net.app;

import dev.isthmus.linux.NetInterface;
import dev.isthmus.net.NetDeviceOptions;
import dev.isthmus.net.uplink.TapOptions;
import dev.isthmus.server.options.CommonParser;
import dev.isthmus.server.options.CommonProperties;
import dev.isthmus.server.options.DeviceValues;
import dev.isthmus.server.options.PropertyException;
import org.jspecify.annotations.Nullable;

/** Makes a device's properties of what was written, or says which of them cannot be. */
final class NetDeviceParser {
    private static final int FRAME_BYTES_MIN = 14;
    private static final int FRAME_BYTES_MAX = 65_562;

    private final DeviceValues values;

    private NetDeviceParser(DeviceValues values) {
        this.values = values;
    }

    static NetDeviceProperties parse(DeviceValues values) {
        var parser = new NetDeviceParser(values);
        CommonProperties common = CommonParser.parse(values, NetOptions.PROGRAM.defaultDeviceName());
        var options = new NetDeviceOptions(
                values.number(NetKey.QUEUE_PAIRS, 1, NetDeviceOptions.QUEUE_PAIRS_MAX, 1),
                values.number(NetKey.MTU, NetDeviceOptions.MTU_MIN, NetDeviceOptions.MTU_MAX, 0));
        return new NetDeviceProperties(common, parser.uplink(options), options);
    }

    private UplinkProperties uplink(NetDeviceOptions options) {
        String kind = values.text(NetKey.UPLINK);
        String implied = values.has(NetKey.INTERFACE) && !values.has(NetKey.TAP) ? "packet" : "tap";
        UplinkProperties uplink = switch (kind == null ? implied : kind) {
            case "tap" -> tap(options);
            case "packet" -> packet(options);
            case "loopback" -> new UplinkProperties.Loopback();
            case "null" -> new UplinkProperties.Null(values.number(NetKey.FRAME_BYTES, FRAME_BYTES_MIN, FRAME_BYTES_MAX,
                    0));
            default -> throw values.refuse(NetKey.UPLINK, "\"" + kind + "\" is none of tap, packet, loopback and null");
        };
        refuseUnlessOf(uplink instanceof UplinkProperties.Tap, "tap", NetKey.TAP, NetKey.BRIDGE);
        refuseUnlessOf(uplink instanceof UplinkProperties.Packet, "packet", NetKey.INTERFACE);
        refuseUnlessOf(uplink instanceof UplinkProperties.Null, "null", NetKey.FRAME_BYTES);
        return uplink;
    }

    private void refuseUnlessOf(boolean is, String kind, NetKey... keys) {
        for (NetKey key : keys) {
            if (!is && values.has(key)) {
                throw values.refuse(key, "is for uplink=" + kind + " only");
            }
        }
    }

    private UplinkProperties tap(NetDeviceOptions options) {
        NetInterface tap = name(NetKey.TAP);
        if (tap == null) {
            throw new PropertyException(values.source(), "tap is not given");
        }
        return new UplinkProperties.Tap(new TapOptions(tap, name(NetKey.BRIDGE), options.mtu(), options.queuePairs()));
    }

    private UplinkProperties packet(NetDeviceOptions options) {
        NetInterface on = name(NetKey.INTERFACE);
        if (on == null) {
            throw new PropertyException(values.source(), "interface is not given");
        }
        if (options.queuePairs() > 1) {
            throw values.refuse(NetKey.QUEUE_PAIRS, "uplink=packet has one");
        }
        return new UplinkProperties.Packet(on);
    }

    private @Nullable NetInterface name(NetKey key) {
        String name = values.text(key);
        if (name == null) {
            return null;
        }
        if (!NetInterface.isName(name)) {
            throw values.refuse(key, "\"" + name + "\" is no name of an interface: 1 to " + NetInterface.NAME_BYTES_MAX
                    + " bytes, no blanks, / or :");
        }
        return new NetInterface(name);
    }
}
