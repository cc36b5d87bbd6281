package dev.isthmus.server.options;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The command line of a back-end. Described to picocli by its model and not by annotations: every {@link DeviceKey} is
 * an option as well.
 */
public final class ProcessOptions {
    private static final String DEVICE = "--device";
    private static final String CONFIG = "--config";
    private static final String MANAGEMENT = "--management";
    private static final String LOG_LEVEL = "--log-level";

    private final Program program;
    private final CommandLine command;
    private final ParseResult result;

    private ProcessOptions(Program program, CommandLine command, ParseResult result) {
        this.program = program;
        this.command = command;
        this.result = result;
    }

    /** Reads the command line. A bad option is a {@link PropertyException}. */
    public static ProcessOptions parse(Program program, String... args) {
        var command = new CommandLine(spec(program));
        command.setExpandAtFiles(false);
        command.setUsageHelpLongOptionsMaxWidth(40);
        try {
            return new ProcessOptions(program, command, command.parseArgs(args));
        } catch (ParameterException e) {
            throw new PropertyException("command line", String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    /** What the options are, for what is made of them: a manual page, completion. */
    public static CommandSpec spec(Program program) {
        CommandSpec spec = CommandSpec.create().name(program.name());
        List<DeviceKey> keys = program.keys().all();
        spec.usageMessage().description(program.description()).abbreviateSynopsis(true).sortOptions(false).width(100)
                .footer("",
                        "Keys of --device and of isthmus.devices in a configuration file are the names of the options"
                                + " above from --" + keys.getFirst().text() + " to --" + keys.getLast().text()
                                + ", without the dashes. Options that a"
                                + " --device does not say itself and that are not about one device alone hold for"
                                + " every device: "
                                + program.keys().knownShared() + ".",
                        "", "Exit status: " + program.exitStatus());
        for (DeviceKey key : keys) {
            OptionSpec.Builder option = OptionSpec.builder("--" + key.text()).type(String.class)
                    .paramLabel(key.description().valueHint()).description(key.description().help());
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

    Program program() {
        return program;
    }

    boolean wantsHelp() {
        return result.isUsageHelpRequested();
    }

    boolean wantsVersion() {
        return result.isVersionHelpRequested();
    }

    public String help() {
        return command.getUsageMessage();
    }

    /** The level that is wanted; null if none is. */
    @Nullable
    String logLevel() {
        return result.matchedOptionValue(LOG_LEVEL, null);
    }

    /** What the command line and the configuration file it names want together. */
    public <D extends DeviceProperties> ProcessProperties<D> properties(DeviceParser<D> parser) {
        String config = result.matchedOptionValue(CONFIG, null);
        ConfigFile file = config == null ? ConfigFile.EMPTY : ConfigFile.read(Path.of(config), program.keys());
        List<D> devices = new ArrayList<>(ownDevices(parser));
        devices.addAll(file.devices(options(true), parser));
        String management = result.matchedOptionValue(MANAGEMENT, null);
        return ProcessProperties.of(program, devices,
                management == null ? file.management() : ManagementParser.parse(MANAGEMENT, management));
    }

    private <D extends DeviceProperties> List<D> ownDevices(DeviceParser<D> parser) {
        List<D> devices = new ArrayList<>();
        if (!options(false).isEmpty()) {
            devices.add(parser.parse(new DeviceValues("command line", options(false), options(true))));
        }
        List<String> texts = result.matchedOptionValue(DEVICE, List.of());
        for (String text : texts) {
            String source = DEVICE + " " + text;
            devices.add(parser.parse(
                    new DeviceValues(source, DeviceOption.parse(program.keys(), source, text), options(true))));
        }
        return devices;
    }

    private Map<DeviceKey, Written> options(boolean shared) {
        Map<DeviceKey, Written> values = new LinkedHashMap<>();
        for (DeviceKey key : program.keys().all()) {
            String value = result.matchedOptionValue("--" + key.text(), null);
            if (value != null && key.isShared() == shared) {
                values.put(key, new Written("--" + key.text(), value));
            }
        }
        return values;
    }
}
