package dev.isthmus.blk.app;

import dev.isthmus.blk.app.volume.VolumeMain;
import dev.isthmus.server.ServerProcess;
import dev.isthmus.server.management.Management;
import dev.isthmus.server.management.ManagementAddress;
import java.io.IOException;
import java.util.List;

/** From the command line to the devices, and to the end of the process. */
final class BlkMain {
    /** What is wrong is wrong in what the operator asked for: nothing to be gained by trying again. */
    private static final int STATUS_REFUSED = 2;
    private static final int STATUS_ERROR = 1;

    private BlkMain() {}

    static void run(String[] args) {
        var process = new ServerProcess();
        int status;
        try {
            status = serve(args, process);
        } catch (PropertyException | IOException e) {
            complain(String.valueOf(e.getMessage()));
            status = STATUS_REFUSED;
        } catch (RuntimeException | Error e) {
            complain("a mistake in this program: " + e);
            e.printStackTrace();
            status = STATUS_ERROR;
        }
        process.exit(status);
    }

    private static void complain(String what) {
        System.err.println("isthmus-blk: " + what);
    }

    private static int serve(String[] args, ServerProcess process) throws IOException {
        if (VolumeMain.isMeant(args)) {
            return VolumeMain.run(args, System.out, System.err);
        }
        BlkOptions options = BlkOptions.parse(args);
        if (options.wantsHelp()) {
            System.out.print(options.help());
            return 0;
        }
        if (options.wantsVersion()) {
            String version = BlkMain.class.getPackage().getImplementationVersion();
            System.out.println("isthmus-blk " + (version == null ? "(not packaged)" : version));
            return 0;
        }
        StderrLogging.level(options.logLevel());
        BlkProperties properties = options.properties();
        process.endOnSignals();
        List<ServedBlkDevice> devices = BlkDevices.start(properties.devices(), process);
        if (!(properties.management() instanceof ManagementAddress.Off)) {
            process.companion(Management.start(properties.management(),
                    devices.stream().map(ServedBlkDevice::served).toList(), new BlkMetrics(devices)));
        }
        process.awaitEnd();
        return 0;
    }
}
