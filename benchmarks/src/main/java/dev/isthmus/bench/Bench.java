package dev.isthmus.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code bin/bench}: one subcommand for each thing that is measured. */
@Command(name = "bench", description = "Measures Isthmus beside others.", mixinStandardHelpOptions = true,
        subcommands = LoadCommand.class)
public final class Bench {
    private Bench() {}

    /** Exit status 0: measured; 1: a goal was missed or something failed; 2: the command line is wrong. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Bench()).execute(args));
    }
}
