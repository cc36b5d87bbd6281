package dev.isthmus.xen.app;

import dev.isthmus.xen.FakeXenstore;
import dev.isthmus.xen.Xenstore;
import dev.isthmus.xen.blkif.BlkifDiskOptions;
import dev.isthmus.xen.netif.NetifCardOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A bridge between a toolstack and a guest that a test plays, with disks that are none. */
final class LifeRig implements DeviceOpeners {
    static final DeviceId ID = new DeviceId(DeviceId.VBD3, 5, 51712);
    static final String BACK = "/local/domain/0/backend/vbd3/5/51712";
    static final String FRONT = "/local/domain/5/device/vbd/51712";

    final FakeXenstore store = new FakeXenstore();
    final ManualTasks tasks = new ManualTasks();
    final List<FakeDisk> disks = new ArrayList<>();
    final List<FakeCard> cards = new ArrayList<>();
    final StorePaths paths = new StorePaths(0);
    /** Of the next disk. */
    String refusal;
    RuntimeException mistake;
    IOException openError;
    /** What happens just after a disk was made, before anybody knows. */
    Runnable afterOpen = () -> {};
    boolean lookWhileOpening;
    Bridge bridge;
    private final Path directory;
    private Xenstore connection;

    LifeRig(Path directory) {
        this.directory = directory;
        store.introduce(5);
    }

    /** Begins to serve, as another process after the first time. */
    void start(Taken taken) throws IOException {
        connection = store.connect();
        bridge = new Bridge(connection, paths, tasks, this, directory, taken);
        bridge.start();
        settle();
    }

    void start() throws IOException {
        start(Taken.NOTHING);
    }

    @Override
    public FakeDisk disk(BlkifDiskOptions options) throws IOException {
        if (openError != null) {
            throw openError;
        }
        FakeDisk disk = new FakeDisk(options);
        disk.refusal = refusal;
        disk.mistake = mistake;
        disks.add(disk);
        afterOpen.run();
        if (lookWhileOpening) {
            tasks.execute(() -> bridge.handle(new Xenstore.WatchEvent(BACK + "/state", "backends")));
        }
        return disk;
    }

    @Override
    public FakeCard card(NetifCardOptions options) {
        FakeCard card = new FakeCard(options);
        cards.add(card);
        return card;
    }

    /** All that is to be done is done. */
    void settle() {
        try {
            while (true) {
                tasks.settle();
                Optional<Xenstore.WatchEvent> event = connection.awaitEvent(Duration.ZERO);
                if (event.isEmpty()) {
                    return;
                }
                bridge.handle(event.get());
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** What libxl writes for a disk, all at once. */
    void create(DeviceId id, String params) {
        createBefore(id, params);
        settle();
    }

    /** The same, before there is anybody to see it. */
    void createBefore(DeviceId id, String params) {
        store.writeAll(nodes(paths, id, params));
    }

    static Map<String, String> nodes(StorePaths paths, DeviceId id, String params) {
        String back = paths.backend(id);
        String front = front(id);
        Map<String, String> nodes = new LinkedHashMap<>();
        nodes.put(back + "/frontend", front);
        nodes.put(back + "/frontend-id", Integer.toString(id.domain()));
        nodes.put(back + "/online", "1");
        nodes.put(back + "/state", "1");
        nodes.put(back + "/params", params);
        nodes.put(back + "/mode", "w");
        nodes.put(front + "/backend", back);
        nodes.put(front + "/state", "1");
        return nodes;
    }

    void create() {
        create(ID, "aio:vhost-user:/run/isthmus/x.sock");
    }

    static String front(DeviceId id) {
        return "/local/domain/" + id.domain() + "/device/" + (id.isCard() ? "vif/" : "vbd/") + id.device();
    }

    /** The guest has rings, and says so. */
    void guestConnects() {
        store.write(FRONT + "/ring-ref", "8");
        store.write(FRONT + "/event-channel", "3");
        store.write(FRONT + "/protocol", "x86_64-abi");
        guest(3);
    }

    /** A guest that is served. */
    void connected() {
        create();
        guestConnects();
        guest(4);
    }

    void guest(int state) {
        store.write(FRONT + "/state", Integer.toString(state));
        settle();
    }

    /** A toolstack asks for the device's end. */
    void toolstackCloses() {
        store.writeAll(Map.of(BACK + "/online", "0", BACK + "/state", "5"));
        settle();
    }

    int state() {
        return Integer.parseInt(back("state"));
    }

    /** A node of the back-end; empty when it is not there. */
    String back(String node) {
        return store.read(BACK + "/" + node).orElse("");
    }

    FakeDisk disk() {
        return disks.getLast();
    }

    GuestDevice.Phase phase() {
        return bridge.views().getFirst().phase();
    }
}
