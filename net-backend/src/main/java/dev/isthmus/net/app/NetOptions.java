package dev.isthmus.net.app;

import dev.isthmus.server.options.DeviceKeys;
import dev.isthmus.server.options.ProcessOptions;
import dev.isthmus.server.options.ProcessProperties;
import dev.isthmus.server.options.Program;

/** The command line of the network back-end. */
final class NetOptions {
    static final Program PROGRAM = new Program("isthmus-net",
            "Serves network cards to virtual machines: a vhost-user back-end of type net.",
            "--socket-path (or --fd) and --tap, --device, or a --config with isthmus.devices; --help lists all options",
            "0 ended by SIGTERM, SIGINT or the last inherited connection; 1 an error of this program; 2 a bad option,"
                    + " interface or socket.",
            "net", DeviceKeys.of(NetKey.values()));

    private final ProcessOptions options;

    private NetOptions(ProcessOptions options) {
        this.options = options;
    }

    /** Reads the command line. A bad option is a {@link dev.isthmus.server.options.PropertyException}. */
    static NetOptions parse(String... args) {
        return new NetOptions(ProcessOptions.parse(PROGRAM, args));
    }

    String help() {
        return options.help();
    }

    /** What the command line and the configuration file it names want together. */
    ProcessProperties<NetDeviceProperties> properties() {
        return options.properties(NetDeviceParser::parse);
    }
}
