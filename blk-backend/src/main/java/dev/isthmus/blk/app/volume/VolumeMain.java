package dev.isthmus.blk.app.volume;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** From the arguments to what is done, and to the exit status. */
public final class VolumeMain {
    private static final String COMMAND = "volume";
    private static final int STATUS_REFUSED = 2;

    private final PrintStream out;
    private final PrintStream err;

    private VolumeMain(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** Whether the first argument that is no option of volumes says that it is about them. */
    public static boolean isMeant(String[] args) {
        for (int i = 0; i < args.length; i++) {
            if (args[i].equals(VolumeModel.DIRECTORY)) {
                i++; // its value
            } else if (!args[i].startsWith(VolumeModel.DIRECTORY + "=") && !args[i].equals(VolumeModel.JSON)) {
                return args[i].equals(COMMAND);
            }
        }
        return false;
    }

    /**
     * Does what is asked.
     *
     * @param out for results: text, or JSON
     * @param err for what goes wrong, and for progress
     * @return the process's exit status: 0 done; 1 damage was found; 2 refused, and nothing was done
     */
    public static int run(String[] args, PrintStream out, PrintStream err) {
        return new VolumeMain(out, err).run(args);
    }

    private int run(String[] args) {
        CommandLine command = VolumeModel.command();
        ParseResult parsed;
        try {
            parsed = command.parseArgs(args);
        } catch (ParameterException e) {
            return refuse(String.valueOf(e.getMessage()).lines().findFirst().orElse("") + "; "
                    + VolumeModel.path(e.getCommandLine()) + " --help tells what can be given");
        }
        List<ParseResult> levels = new ArrayList<>(List.of(parsed));
        while (levels.getLast().hasSubcommand()) {
            levels.add(levels.getLast().subcommand());
        }
        ParseResult last = levels.getLast();
        CommandLine asked = last.commandSpec().commandLine();
        if (last.isUsageHelpRequested()) {
            asked.usage(out);
            return 0;
        }
        VolumeAction action = VolumeModel.action(last);
        if (action == null) {
            return refuse("what is to be done? " + VolumeModel.path(asked) + " --help lists it");
        }
        try {
            return action.run(new VolumeArguments(levels, out, err));
        } catch (IOException | IllegalArgumentException e) {
            return refuse(e.getMessage());
        }
    }

    private int refuse(@Nullable String why) {
        err.println("isthmus-blk: " + why);
        return STATUS_REFUSED;
    }
}
