package dev.isthmus.blk.app;

import dev.isthmus.blk.app.DeviceValues.Written;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The command line. Described to picocli by its model and not by annotations: every {@link DeviceKey} is an option as
 * well.
 */
final class BlkOptions {
    private static final String DEVICE = "--device";
    private static final String CONFIG = "--config";
    private static final String MANAGEMENT = "--management";
    private static final String LOG_LEVEL = "--log-level";

    private final CommandLine command;
    private final ParseResult result;

    private BlkOptions(CommandLine command, ParseResult result) {
        this.command = command;
        this.result = result;
    }

    /** Reads the command line. A bad option is a {@link PropertyException}. */
    static BlkOptions parse(String... args) {
        var command = new CommandLine(spec());
        command.setExpandAtFiles(false);
        command.setUsageHelpLongOptionsMaxWidth(40);
        try {
            return new BlkOptions(command, command.parseArgs(args));
        } catch (ParameterException e) {
            throw new PropertyException("command line", String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    private static CommandSpec spec() {
        CommandSpec spec = CommandSpec.create().name("isthmus-blk");
        spec.usageMessage().description("Serves disks to virtual machines: a vhost-user back-end of type block.")
                .abbreviateSynopsis(true).sortOptions(false).width(100)
                .footer("",
                        "Keys of --device and of isthmus.devices in a configuration file are the names of the options"
                                + " above from --socket-path to --any-memory-file, without the dashes. Options that a"
                                + " --device does not say itself and that are not about one device alone hold for"
                                + " every device: "
                                + DeviceKey.knownShared() + ".",
                        "", "Exit status: 0 ended by SIGTERM, SIGINT or the last inherited connection; 1 an error of"
                                + " this program, or what was written could not be made stable at the end; 2 a bad"
                                + " option, image or socket.");
        for (DeviceKey key : DeviceKey.values()) {
            OptionSpec.Builder option = OptionSpec.builder("--" + key.text()).type(String.class)
                    .paramLabel(key.valueHint()).description(key.help());
            spec.addOption(key.isSwitch() ? option.arity("0..1").fallbackValue("on").build() : option.build());
        }
        spec.addOption(OptionSpec.builder(DEVICE).paramLabel("KEY=VALUE,...").type(List.class)
                .auxiliaryTypes(String.class).arity("1")
                .description("a device of its own; can be repeated; a comma inside a value is written twice").build());
        spec.addOption(single(CONFIG, "FILE.yml", "configuration file with isthmus.devices"));
        spec.addOption(single(MANAGEMENT, ManagementParser.HINT,
                "where health, metrics and the management API listen; by default the first socket-path and"
                        + " .management"));
        spec.addOption(single(LOG_LEVEL, "LEVEL",
                "error, warn, info (the default), debug or trace; logs go to stderr"));
        spec.addOption(OptionSpec.builder("--print-capabilities")
                .description("print what a management layer may ask for, as JSON, and end").build());
        spec.addOption(OptionSpec.builder("--version").versionHelp(true).description("print the version and end")
                .build());
        spec.addOption(OptionSpec.builder("-h", "--help").usageHelp(true).description("print this and end").build());
        return spec;
    }

    private static OptionSpec single(String name, String label, String description) {
        return OptionSpec.builder(name).type(String.class).paramLabel(label).description(description).build();
    }

    boolean wantsHelp() {
        return result.isUsageHelpRequested();
    }

    boolean wantsVersion() {
        return result.isVersionHelpRequested();
    }

    String help() {
        return command.getUsageMessage();
    }

    @Nullable
    String logLevel() {
        return result.matchedOptionValue(LOG_LEVEL, null);
    }

    /** What the command line and the configuration file it names want together. */
    BlkProperties properties() {
        String config = result.matchedOptionValue(CONFIG, null);
        ConfigFile file = config == null ? ConfigFile.EMPTY : ConfigFile.read(Path.of(config));
        List<BlkDeviceProperties> devices = new ArrayList<>(ownDevices());
        devices.addAll(file.devices(options(true)));
        String management = result.matchedOptionValue(MANAGEMENT, null);
        return BlkProperties.of(devices,
                management == null ? file.management() : ManagementParser.parse(MANAGEMENT, management));
    }

    private List<BlkDeviceProperties> ownDevices() {
        List<BlkDeviceProperties> devices = new ArrayList<>();
        if (!options(false).isEmpty()) {
            devices.add(BlkDeviceParser.parse(new DeviceValues("command line", options(false), options(true))));
        }
        List<String> texts = result.matchedOptionValue(DEVICE, List.of());
        for (String text : texts) {
            String source = DEVICE + " " + text;
            devices.add(BlkDeviceParser.parse(
                    new DeviceValues(source, DeviceOption.parse(source, text), options(true))));
        }
        return devices;
    }

    private Map<DeviceKey, Written> options(boolean shared) {
        Map<DeviceKey, Written> values = new EnumMap<>(DeviceKey.class);
        for (DeviceKey key : DeviceKey.values()) {
            String value = result.matchedOptionValue("--" + key.text(), null);
            if (value != null && key.isShared() == shared) {
                values.put(key, new Written("--" + key.text(), value));
            }
        }
        return values;
    }
}
