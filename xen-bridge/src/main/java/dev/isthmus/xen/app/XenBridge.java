package dev.isthmus.xen.app;

import dev.isthmus.xen.Xenstore;
import dev.isthmus.xen.XenstoreConnection;
import java.io.IOException;
import java.io.PrintStream;

/** The bridge's process, and the commands beside it. */
public final class XenBridge {
    private static final int STATUS_ERROR = 1;
    /** What is wrong is wrong in what the operator asked for. */
    private static final int STATUS_REFUSED = 2;

    private XenBridge() {}

    /** Runs until a signal ends the process, or until a command is done. */
    public static void main(String[] args) {
        int status = run(args, System.out, System.err);
        System.exit(status);
    }

    static int run(String[] args, PrintStream out, PrintStream err) {
        try {
            if (args.length == 1 && args[0].equals(Rehearsal.COMMAND)) {
                Rehearsal.run();
                return 0;
            }
            XenOptions options = XenOptions.parse(args);
            if (options.wantsVersion()) {
                String version = XenBridge.class.getPackage().getImplementationVersion();
                out.println("isthmus-xen " + (version == null ? "(not packaged)" : version));
                return 0;
            }
            String command = options.subcommand();
            if (options.wantsHelp()) {
                out.print(options.help());
                return 0;
            }
            if (command == null) {
                err.print(options.help());
                return STATUS_REFUSED;
            }
            if (command.equals(XenOptions.SERVE)) {
                return XenDaemon.serve(options);
            }
            try (Xenstore store = XenstoreConnection.open()) {
                execute(command, options, new DeviceCommands(store, StorePaths.ask(store)), out);
            }
            return 0;
        } catch (CommandException e) {
            err.println("isthmus-xen: " + e.getMessage());
            return STATUS_REFUSED;
        } catch (IOException e) {
            err.println("isthmus-xen: " + e.getMessage());
            return STATUS_ERROR;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return STATUS_ERROR;
        } catch (RuntimeException e) {
            err.println("isthmus-xen: a mistake in this program: " + e);
            e.printStackTrace(err);
            return STATUS_ERROR;
        }
    }

    static void execute(String command, XenOptions options, DeviceCommands commands, PrintStream out)
            throws IOException, InterruptedException {
        switch (command) {
            case XenOptions.ATTACH -> {
                String vdev = options.vdev();
                if (vdev == null) {
                    commands.attachCard(options.domain(), options.vif(), options.mac(), options.rate(),
                            options.socket(), options.patience());
                } else {
                    commands.attach(options.domain(), vdev, options.socket(), options.isReadOnly(),
                            options.patience());
                }
            }
            case XenOptions.DETACH -> {
                String vdev = options.vdev();
                if (vdev == null) {
                    commands.detachCard(options.domain(), options.vif(), options.isForced(), options.patience());
                } else {
                    commands.detach(options.domain(), vdev, options.isForced(), options.patience());
                }
            }
            case XenOptions.LIST -> commands.list().forEach(out::println);
            default -> throw new IllegalStateException(command);
        }
    }
}
