package dev.isthmus.xen.app;

import dev.isthmus.counters.Counter;
import dev.isthmus.server.MetricFamily;
import dev.isthmus.server.MetricRow;
import dev.isthmus.xen.netif.DropCause;
import dev.isthmus.xen.netif.NetifCounters;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** The names of what is counted about guests' cards, and the rows of one scrape. Directions are the guest's. */
final class CardMetrics {
    private static final MetricFamily<Counter> FRAMES = counter("frames", "Frames that went on.");
    private static final MetricFamily<Counter> BYTES = counter("frame_bytes", "Bytes of frames that went on.");
    private static final MetricFamily<Counter> GSO =
            counter("gso_frames", "Frames that went on to be cut into segments by others.");
    private static final MetricFamily<Counter> SLOTS = counter("frame_slots", "Slots of frames that went on.");
    private static final MetricFamily<Counter> SLOTS_MAX = new MetricFamily.Gauge<>("isthmus_xen_frame_slots_max",
            "The most slots a frame had.", Counter::get);
    private static final MetricFamily<Counter> DROPS = counter("frames_dropped", "Frames that went no further.");

    private static final List<MetricFamily<NetifCounters>> CARD = List.of(
            card("software_checksums", "Checksums that the other side could not make.", c -> c.softwareChecksums),
            card("receive_stalls", "Times frames had to wait for slots of the guest.", c -> c.receiveStalls),
            card("rate_stalls", "Times the guest had sent as much as its rate allows.", c -> c.rateStalls),
            card("takeovers", "Packets and slots given back that a predecessor of this process had not answered.",
                    c -> c.takeovers));

    private final List<MetricRow<Counter>> frames = new ArrayList<>();
    private final List<MetricRow<Counter>> bytes = new ArrayList<>();
    private final List<MetricRow<Counter>> gso = new ArrayList<>();
    private final List<MetricRow<Counter>> slots = new ArrayList<>();
    private final List<MetricRow<Counter>> slotsMax = new ArrayList<>();
    private final List<MetricRow<Counter>> drops = new ArrayList<>();
    private final List<MetricRow<NetifCounters>> cards = new ArrayList<>();

    private static MetricFamily<Counter> counter(String name, String help) {
        return new MetricFamily.Counter<>("isthmus_xen_" + name, help, Counter::get);
    }

    private static MetricFamily<NetifCounters> card(String name, String help,
            Function<NetifCounters, Counter> counter) {
        return new MetricFamily.Counter<>("isthmus_xen_" + name, help, counters -> counter.apply(counters).get());
    }

    void add(Labels labels, NetifCounters counters) {
        cards.add(new MetricRow<>(labels, counters));
        Labels sent = labels.add("direction", "sent");
        frames.add(new MetricRow<>(sent, counters.sentFrames));
        bytes.add(new MetricRow<>(sent, counters.sentBytes));
        gso.add(new MetricRow<>(sent, counters.sentGsoFrames));
        slots.add(new MetricRow<>(sent, counters.sentSlots));
        slotsMax.add(new MetricRow<>(sent, counters.sentSlotsMax));
        Labels received = labels.add("direction", "received");
        frames.add(new MetricRow<>(received, counters.receivedFrames));
        bytes.add(new MetricRow<>(received, counters.receivedBytes));
        gso.add(new MetricRow<>(received, counters.receivedGsoFrames));
        slots.add(new MetricRow<>(received, counters.receivedSlots));
        slotsMax.add(new MetricRow<>(received, counters.receivedSlotsMax));
        for (DropCause cause : DropCause.values()) {
            if (cause != DropCause.NONE) {
                drops.add(new MetricRow<>(labels.add("cause", cause.name().toLowerCase(Locale.ROOT)),
                        counters.drops(cause)));
            }
        }
    }

    List<MetricSnapshot> snapshots() {
        List<MetricSnapshot> snapshots = new ArrayList<>();
        snapshots.add(FRAMES.snapshot(frames));
        snapshots.add(BYTES.snapshot(bytes));
        snapshots.add(GSO.snapshot(gso));
        snapshots.add(SLOTS.snapshot(slots));
        snapshots.add(SLOTS_MAX.snapshot(slotsMax));
        snapshots.add(DROPS.snapshot(drops));
        CARD.forEach(family -> snapshots.add(family.snapshot(cards)));
        return snapshots;
    }
}
