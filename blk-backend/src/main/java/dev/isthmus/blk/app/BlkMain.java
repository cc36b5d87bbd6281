package dev.isthmus.blk.app;

import dev.isthmus.blk.app.volume.VolumeMain;
import dev.isthmus.server.ServerProcess;
import dev.isthmus.server.options.ProcessOptions;
import dev.isthmus.server.options.ProgramMain;
import java.io.IOException;
import java.util.List;

/** What the program does: disks of guests, or something to volumes. */
final class BlkMain {
    private BlkMain() {}

    static void run(String[] args) {
        ProgramMain.run("isthmus-blk", process -> run(args, process));
    }

    private static int run(String[] args, ServerProcess process) throws IOException {
        if (VolumeMain.isMeant(args)) {
            return VolumeMain.run(args, System.out, System.err);
        }
        return ProgramMain.serve(ProcessOptions.parse(BlkOptions.PROGRAM, args), BlkMain.class, process,
                BlkDeviceParser::parse, BlkMain::start);
    }

    private static ProgramMain.Started start(List<BlkDeviceProperties> properties, ServerProcess process)
            throws IOException {
        List<ServedBlkDevice> devices = BlkDevices.start(properties, process);
        return new ProgramMain.Started(devices.stream().map(ServedBlkDevice::served).toList(), new BlkMetrics(devices));
    }
}
