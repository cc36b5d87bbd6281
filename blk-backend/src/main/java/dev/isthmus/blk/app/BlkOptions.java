package dev.isthmus.blk.app;

import dev.isthmus.server.options.DeviceKeys;
import dev.isthmus.server.options.ProcessOptions;
import dev.isthmus.server.options.ProcessProperties;
import dev.isthmus.server.options.Program;

/** The command line of the block back-end. */
final class BlkOptions {
    static final Program PROGRAM = new Program("isthmus-blk",
            "Serves disks to virtual machines: a vhost-user back-end of type block.",
            "--socket-path (or --fd) and --blk-file, --device, or a --config with isthmus.devices; --help lists all"
                    + " options",
            "0 ended by SIGTERM, SIGINT or the last inherited connection; 1 an error of this program, or what was"
                    + " written could not be made stable at the end; 2 a bad option, image or socket.",
            "blk", DeviceKeys.of(BlkKey.values()));

    private final ProcessOptions options;

    private BlkOptions(ProcessOptions options) {
        this.options = options;
    }

    /** Reads the command line. A bad option is a {@link dev.isthmus.server.options.PropertyException}. */
    static BlkOptions parse(String... args) {
        return new BlkOptions(ProcessOptions.parse(PROGRAM, args));
    }

    String help() {
        return options.help();
    }

    /** What the command line and the configuration file it names want together. */
    ProcessProperties<BlkDeviceProperties> properties() {
        return options.properties(BlkDeviceParser::parse);
    }
}
