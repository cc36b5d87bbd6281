package dev.isthmus.bench;

import dev.isthmus.bench.blk.BlkCommand;
import dev.isthmus.bench.blk.NeighbourCommand;
import dev.isthmus.bench.blk.ScaleCommand;
import dev.isthmus.bench.jmh.JmhCommand;
import dev.isthmus.bench.net.NetCommand;
import dev.isthmus.bench.process.ProcessCommand;
import dev.isthmus.bench.process.TrainCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code bin/bench}: one subcommand for each thing that is measured. */
@Command(name = "bench", description = "Measures Isthmus beside others.", mixinStandardHelpOptions = true,
        subcommands = {BlkCommand.class, NetCommand.class, ScaleCommand.class, NeighbourCommand.class, JmhCommand.class,
            LoadCommand.class,
            ProcessCommand.class, TrainCommand.class})
public final class Bench {
    private Bench() {}

    /** Exit status 0: measured; 1: a goal was missed or something failed; 2: the command line is wrong. */
    public static void main(String[] args) {
        var command = new CommandLine(new Bench());
        command.setExecutionExceptionHandler((failure, where, result) -> {
            where.getErr().println("bench: " + failure.getMessage());
            return 1;
        });
        System.exit(command.execute(args));
    }
}
