package dev.isthmus.net.app;

import dev.isthmus.server.ServerProcess;
import dev.isthmus.server.options.ProcessOptions;
import dev.isthmus.server.options.ProgramMain;
import java.io.IOException;
import java.util.List;

/** What the program does: network cards of guests. */
final class NetMain {
    private NetMain() {}

    static void run(String[] args) {
        ProgramMain.run(NetOptions.PROGRAM.name(), process -> ProgramMain.serve(
                ProcessOptions.parse(NetOptions.PROGRAM, args), NetMain.class, process, NetDeviceParser::parse,
                NetMain::start));
    }

    private static ProgramMain.Started start(List<NetDeviceProperties> properties, ServerProcess process)
            throws IOException {
        List<ServedNetDevice> devices = NetDevices.start(properties, process);
        return new ProgramMain.Started(devices.stream().map(ServedNetDevice::served).toList(), new NetMetrics(devices));
    }
}
