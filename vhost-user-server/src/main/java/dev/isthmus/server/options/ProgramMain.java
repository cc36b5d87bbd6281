package dev.isthmus.server.options;

import dev.isthmus.server.ServedDevice;
import dev.isthmus.server.ServerProcess;
import dev.isthmus.server.ServiceManager;
import dev.isthmus.server.management.Management;
import dev.isthmus.server.management.ManagementAddress;
import io.prometheus.metrics.model.registry.MultiCollector;
import java.io.IOException;
import java.util.List;

/** From the command line to the devices and their management, and to the end of the process. */
public final class ProgramMain {
    /** What is wrong is wrong in what the operator asked for: nothing to be gained by trying again. */
    private static final int STATUS_REFUSED = 2;
    private static final int STATUS_ERROR = 1;

    private ProgramMain() {}

    /** What a program does, to its status. */
    public interface Body {
        /** @throws IOException in one line what cannot be done */
        int run(ServerProcess process) throws IOException;
    }

    /** Starts the devices of a kind. */
    public interface Starter<D extends DeviceProperties> {
        /** @throws IOException in one line which device cannot start and why */
        Started start(List<D> devices, ServerProcess process) throws IOException;
    }

    /** @param metrics what is counted about this kind of device beside what is counted about any */
    public record Started(List<ServedDevice> devices, MultiCollector metrics) {}

    /** Runs, says in one line what is wrong, and ends the process. */
    public static void run(String name, Body body) {
        var process = new ServerProcess();
        int status;
        try {
            status = body.run(process);
        } catch (PropertyException | IOException e) {
            complain(name, String.valueOf(e.getMessage()));
            status = STATUS_REFUSED;
        } catch (RuntimeException | Error e) {
            complain(name, "a mistake in this program: " + e);
            e.printStackTrace();
            status = STATUS_ERROR;
        }
        process.exit(status);
    }

    private static void complain(String name, String what) {
        System.err.println(name + ": " + what);
    }

    /**
     * Does what the options say: help, the version, or devices until the last has ended.
     *
     * @param main the program's main class, whose jar says its version
     * @return the status to end with
     */
    public static <D extends DeviceProperties> int serve(ProcessOptions options, Class<?> main, ServerProcess process,
            DeviceParser<D> parser, Starter<D> starter) throws IOException {
        if (options.wantsHelp()) {
            System.out.print(options.help());
            return 0;
        }
        if (options.wantsVersion()) {
            String version = main.getPackage().getImplementationVersion();
            System.out.println(options.program().name() + " " + (version == null ? "(not packaged)" : version));
            return 0;
        }
        StderrLogging.level(options.logLevel());
        ProcessProperties<D> properties = options.properties(parser);
        process.endOnSignals();
        Started started = starter.start(properties.devices(), process);
        if (!(properties.management() instanceof ManagementAddress.Off)) {
            process.companion(Management.start(properties.management(), started.devices(), started.metrics()));
        }
        process.companion(ServiceManager.ready(System.getenv()));
        process.awaitEnd();
        return 0;
    }
}
