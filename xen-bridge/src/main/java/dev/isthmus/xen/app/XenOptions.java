package dev.isthmus.xen.app;

import dev.isthmus.xen.netif.MacAddress;
import dev.isthmus.xen.netif.VifRate;
import java.net.InetSocketAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The command line, described to picocli by its model. */
final class XenOptions {
    static final String SERVE = "serve";
    static final String ATTACH = "attach";
    static final String DETACH = "detach";
    static final String LIST = "list";

    private static final String METRICS = "--metrics";
    private static final String RUN_DIR = "--run-dir";
    private static final String TAKE_VBD = "--take-vbd";
    private static final String VIF_SOCKETS = "--vif-sockets";
    private static final String VIF = "--vif";
    private static final String MAC = "--mac";
    private static final String RATE = "--rate";
    private static final String LOG_LEVEL = "--log-level";
    private static final String VDEV = "--vdev";
    private static final String SOCKET = "--socket";
    private static final String READ_ONLY = "--read-only";
    private static final String FORCE = "--force";
    private static final String WAIT = "--wait";

    private static final Path RUN_DIR_DEFAULT = Path.of("/run/isthmus/xen");
    private static final int WAIT_SECONDS = 10;
    private static final int WAIT_SECONDS_MAX = 3600;
    private static final int PORT_MAX = 65535;
    private static final Pattern ADDRESS = Pattern.compile("(?:\\[([0-9a-fA-F:.%]+)\\]|([^:\\[\\]]+)):(\\d{1,5})");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,3}");
    private static final List<String> LEVELS = List.of("error", "warn", "info", "debug", "trace");

    private final CommandLine command;
    private final ParseResult result;

    private XenOptions(CommandLine command, ParseResult result) {
        this.command = command;
        this.result = result;
    }

    /** Reads the command line. What is wrong with it is a {@link CommandException}. */
    static XenOptions parse(String... args) {
        var command = new CommandLine(spec());
        command.setExpandAtFiles(false);
        command.setUsageHelpLongOptionsMaxWidth(40);
        try {
            return new XenOptions(command, command.parseArgs(args));
        } catch (ParameterException e) {
            throw new CommandException(String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    private static CommandSpec spec() {
        CommandSpec spec = command("isthmus-xen",
                "Gives Xen guests disks and cards of vhost-user back-ends. Runs in dom0 or in a driver domain.");
        spec.addOption(OptionSpec.builder("--version").versionHelp(true).description("print the version and end")
                .build());
        spec.usageMessage().footer("", "Exit status: 0 done, or ended by SIGTERM or SIGINT; 1 an error of this machine"
                + " or of this program; 2 a command that cannot be done.");
        spec.addSubcommand(SERVE, command(SERVE, "Serves devices as long as it runs; the guests of one that is"
                + " started again go on after a pause.")
                .addOption(value(METRICS, "HOST:PORT", "where metrics and health are, by HTTP; by default nowhere"))
                .addOption(value(RUN_DIR, "DIR", "where requests in flight are noted, on a tmpfs; by default "
                        + RUN_DIR_DEFAULT))
                .addOption(flag(TAKE_VBD, "serve disks of xl whose target is vhost-user:SOCKET, and have the kernel"
                        + " serve the others: sets drivers_autoprobe of the xen-backend bus to 0"))
                .addOption(value(VIF_SOCKETS, "DIR", "serve cards of xl whose back-end listens at DIR/NAME.sock,"
                        + " NAME being their vifname or vifDOMAIN.NUMBER, and have the kernel serve the others, as"
                        + " above"))
                .addOption(value(LOG_LEVEL, "LEVEL", "error, warn, info (the default), debug or trace; logs go to"
                        + " stderr")));
        spec.addSubcommand(ATTACH, device(ATTACH, "Gives a guest a disk or a card.")
                .addOption(OptionSpec.builder(SOCKET).type(String.class).required(true).paramLabel("PATH")
                        .description("where its back-end listens").build())
                .addOption(flag(READ_ONLY, "of a disk: let the guest not write"))
                .addOption(value(MAC, "ADDRESS", "of a card: the only address the guest may send from"))
                .addOption(value(RATE, "BYTES,MICROSECONDS", "of a card: what the guest may send; by default all")));
        spec.addSubcommand(DETACH, device(DETACH, "Takes away what attach gave.")
                .addOption(flag(FORCE, "even if the guest does not let go of it")));
        spec.addSubcommand(LIST, command(LIST, "Shows all disks and cards of vhost-user back-ends."));
        return spec;
    }

    private static CommandSpec command(String name, String description) {
        CommandSpec spec = CommandSpec.create().name(name);
        spec.usageMessage().description(description).sortOptions(false).width(100);
        return spec.addOption(OptionSpec.builder("-h", "--help").usageHelp(true).description("print this and end")
                .build());
    }

    private static CommandSpec device(String name, String description) {
        return command(name, description)
                .addPositional(PositionalParamSpec.builder().type(String.class).index("0").required(true)
                        .paramLabel("DOMAIN").description("number or name of the guest").build())
                .addOption(value(VDEV, "DISK", "what the guest calls it, such as xvdb"))
                .addOption(value(VIF, "NUMBER", "of a card, from 0"))
                .addOption(value(WAIT, "SECONDS", "how long to wait; by default " + WAIT_SECONDS));
    }

    private static OptionSpec value(String name, String label, String description) {
        return OptionSpec.builder(name).type(String.class).paramLabel(label).description(description).build();
    }

    private static OptionSpec flag(String name, String description) {
        return OptionSpec.builder(name).type(boolean.class).description(description).build();
    }

    /** {@link #SERVE} and the others; null when none was named. */
    @Nullable
    String subcommand() {
        return result.hasSubcommand() ? result.subcommand().commandSpec().name() : null;
    }

    boolean wantsHelp() {
        return result.isUsageHelpRequested() || result.hasSubcommand() && result.subcommand().isUsageHelpRequested();
    }

    boolean wantsVersion() {
        return result.isVersionHelpRequested();
    }

    String help() {
        return result.hasSubcommand()
                ? result.subcommand().commandSpec().commandLine().getUsageMessage()
                : command.getUsageMessage();
    }

    /** Null: nowhere. */
    @Nullable
    InetSocketAddress metrics() {
        String text = text(METRICS);
        if (text == null) {
            return null;
        }
        Matcher address = ADDRESS.matcher(text);
        if (!address.matches() || Integer.parseInt(address.group(3)) > PORT_MAX) {
            throw new CommandException(METRICS + ": \"" + text + "\" is not HOST:PORT");
        }
        return new InetSocketAddress(address.group(1) == null ? address.group(2) : address.group(1),
                Integer.parseInt(address.group(3)));
    }

    Path runDirectory() {
        String text = text(RUN_DIR);
        return text == null ? RUN_DIR_DEFAULT : path(RUN_DIR, text);
    }

    boolean takesVbd() {
        return isSet(TAKE_VBD);
    }

    String logLevel() {
        String text = text(LOG_LEVEL);
        if (text != null && !LEVELS.contains(text)) {
            throw new CommandException(LOG_LEVEL + ": \"" + text + "\" is none of " + String.join(", ", LEVELS));
        }
        return text == null ? "info" : text.toLowerCase(Locale.ROOT);
    }

    String domain() {
        return result.subcommand().matchedPositionalValue(0, "");
    }

    /** Null: it is a card. */
    @Nullable
    String vdev() {
        if ((text(VDEV) == null) == (text(VIF) == null)) {
            throw new CommandException("either " + VDEV + " or " + VIF + " is wanted");
        }
        return text(VDEV);
    }

    /** Of a card. */
    int vif() {
        String text = Objects.requireNonNull(text(VIF));
        if (!NUMBER.matcher(text).matches()) {
            throw new CommandException(VIF + ": \"" + text + "\" is not 0 to 999");
        }
        return Integer.parseInt(text);
    }

    MacAddress mac() {
        String text = text(MAC);
        return MacAddress.parse(text == null ? "" : text).orElseThrow(() -> new CommandException(
                MAC + ": " + (text == null ? "a card wants one" : "\"" + text + "\" is no address of one card")));
    }

    VifRate rate() {
        String text = text(RATE);
        return text == null ? VifRate.UNLIMITED : VifRate.parse(text).orElseThrow(
                () -> new CommandException(RATE + ": \"" + text + "\" is not BYTES,MICROSECONDS"));
    }

    /** Null: cards of toolstacks are the kernel's. */
    @Nullable
    Path vifSockets() {
        String text = text(VIF_SOCKETS);
        return text == null ? null : path(VIF_SOCKETS, text);
    }

    Path socket() {
        return path(SOCKET, Objects.requireNonNull(text(SOCKET)));
    }

    boolean isReadOnly() {
        return isSet(READ_ONLY);
    }

    boolean isForced() {
        return isSet(FORCE);
    }

    Duration patience() {
        String text = text(WAIT);
        if (text == null) {
            return Duration.ofSeconds(WAIT_SECONDS);
        }
        try {
            int seconds = Integer.parseInt(text);
            if (seconds >= 1 && seconds <= WAIT_SECONDS_MAX) {
                return Duration.ofSeconds(seconds);
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new CommandException(WAIT + ": \"" + text + "\" is not 1 to " + WAIT_SECONDS_MAX + " seconds");
    }

    private static Path path(String option, String text) {
        try {
            return Path.of(text).toAbsolutePath();
        } catch (InvalidPathException e) {
            throw new CommandException(option + ": \"" + text + "\" is no path");
        }
    }

    private @Nullable String text(String option) {
        return result.subcommand().matchedOptionValue(option, null);
    }

    private boolean isSet(String option) {
        return result.subcommand().matchedOptionValue(option, false);
    }
}
