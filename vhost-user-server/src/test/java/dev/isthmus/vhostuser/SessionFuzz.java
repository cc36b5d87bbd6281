package dev.isthmus.vhostuser;

import dev.isthmus.fuzz.FuzzFailure;
import dev.isthmus.fuzz.FuzzRandom;
import dev.isthmus.fuzz.FuzzTally;
import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.FileIo;
import dev.isthmus.linux.HalfClose;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.linux.UnixSocket;
import dev.isthmus.loop.Transport;
import dev.isthmus.vhostuser.ProtocolViolation.Rule;
import dev.isthmus.vring.RingWatchdog;
import dev.isthmus.vring.VringCounters;
import dev.isthmus.vring.WorkerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Random sequences of messages with descriptors against whole sessions, over real sockets. A sequence is written into
 * the socket first and then served by the same thread, so that a case is repeated exactly; in some sessions a ring
 * starts, whose worker is a thread of its own and meets memory full of anything.
 */
public final class SessionFuzz implements AutoCloseable {
    private static final int MESSAGES_MAX = 8;
    private static final int BROKEN_OF_TEN = 7;
    private static final int RING_ONE_IN = 12;
    private static final Rule[] SESSION_RULES = {Rule.FEATURES_NOT_OFFERED, Rule.PROTOCOL_FEATURES_NOT_OFFERED,
        Rule.MEMORY_REGION, Rule.VRING};

    private final AtomicReference<@Nullable Throwable> workerFailure = new AtomicReference<>();
    private final long seed;
    private final FuzzRandom random = new FuzzRandom();
    private final FuzzTally tally = new FuzzTally();
    private final OwnedFd eventFd = EventFd.create();
    private final OwnedFd notShared = FileIo.open(Path.of("/proc/self/exe").toString(), true, false);
    private final MessageCases messages = new MessageCases(random);
    private final SessionCases sessions = new SessionCases(random, eventFd, notShared);
    private final RingWatchdog watchdog = new RingWatchdog();
    private final List<VringCounters> counters =
            IntStream.range(0, MessageCases.QUEUES).mapToObj(i -> new VringCounters()).toList();
    private int repliesExpected;
    private int sent;

    public SessionFuzz(long seed) throws LinuxException {
        this.seed = seed;
    }

    public FuzzTally tally() {
        return tally;
    }

    /** Runs sessions from {@code first} on until there were this many messages; returns the session to go on at. */
    public long run(long first, long count) {
        long number = first;
        long end = tally.cases() + count;
        while (tally.cases() < end) {
            random.seed(seed, number);
            try {
                one();
            } catch (IOException | RuntimeException | Error e) {
                throw new FuzzFailure("sessions", seed, number, e);
            }
            number++;
        }
        return number;
    }

    private void requireWholeWorkers() {
        Throwable failure = workerFailure.get();
        if (failure != null) {
            throw new IllegalStateException("a worker failed", failure);
        }
    }

    private void one() throws IOException {
        RecordingDevice device = new RecordingDevice("fuzz", MessageCases.QUEUES);
        List<UnixSocket> pair = UnixSocket.pair();
        try (UnixSocket frontend = pair.get(0); UnixSocket backend = pair.get(1)) {
            FrontendSession session = new FrontendSession(backend, device, new SessionOptions(
                    new WorkerOptions(1, 0, List.of(), Transport.AUTO), false, counters, watchdog, workerFailure::set));
            Rule broken = write(frontend);
            Rule met = serve(session);
            HalfClose.sending(backend);
            require(broken, met);
            requireWholeWorkers();
            count(met);
            int replies = replies(frontend);
            if (replies != repliesExpected) {
                throw new IllegalStateException(replies + " replies, expected were " + repliesExpected);
            }
        }
        boolean ringOpened = device.events.contains("open 0");
        if (ringOpened != device.events.contains("stop")) {
            throw new IllegalStateException("the device was not stopped: " + device.events);
        }
        tally.add("Sessions", ringOpened ? "with a ring" : "without a ring", 1);
        tally.add("Sessions", "chains taken by their rings", device.taken.get());
    }

    private static @Nullable Rule serve(FrontendSession session) throws IOException {
        try {
            session.run();
            return null;
        } catch (ProtocolViolation violation) {
            return violation.rule();
        }
    }

    /** The whole sequence, and the end; returns the rule that its last message breaks. */
    private @Nullable Rule write(UnixSocket frontend) throws LinuxException {
        repliesExpected = 0;
        sent = 0;
        sessions.begin();
        for (SessionCases.Sent message : sessions.handshake()) {
            send(frontend, message);
        }
        boolean ring = random.rarely(RING_ONE_IN);
        if (ring) {
            for (SessionCases.Sent message : sessions.startRing()) {
                send(frontend, message);
            }
        }
        int more = random.below(MESSAGES_MAX);
        for (int i = 0; i < more; i++) {
            send(frontend, sessions.anyMessage());
        }
        if (ring && random.rarely(2)) {
            send(frontend, sessions.stopRing());
        }
        Rule broken = random.below(10) < BROKEN_OF_TEN ? writeBroken(frontend) : null;
        HalfClose.sending(frontend);
        return broken;
    }

    private Rule writeBroken(UnixSocket frontend) throws LinuxException {
        if (random.below(10) < 6) {
            Rule rule = random.pick(SESSION_RULES);
            SessionCases.Sent message = sessions.breaking(rule);
            frontend.send(message.bytes(), message.fds());
            sent++;
            return rule;
        }
        Rule rule = random.pick(MessageCases.RULES);
        // All features are negotiated here; and what waits in a socket is received with one call, so that no descriptor
        // is late.
        while (rule == Rule.NOT_NEGOTIATED || rule == Rule.DESCRIPTORS_LATE) {
            rule = random.pick(MessageCases.RULES);
        }
        messages.make(rule);
        frontend.send(messages.bytes(), Collections.nCopies(messages.fds(), eventFd));
        sent++;
        return rule;
    }

    private void send(UnixSocket frontend, SessionCases.Sent message) throws LinuxException {
        frontend.send(message.bytes(), message.fds());
        sent++;
        if (message.answered()) {
            repliesExpected++;
        }
    }

    private static void require(@Nullable Rule broken, @Nullable Rule met) {
        if (!Objects.equals(broken, met)) {
            throw new IllegalStateException("ended for " + met + ", must be for " + broken);
        }
    }

    private void count(@Nullable Rule met) {
        for (int i = 0; i < sent; i++) {
            tally.addCase(met == null || i < sent - 1);
        }
        if (met != null) {
            tally.add(met);
        }
    }

    private static int replies(UnixSocket frontend) throws LinuxException {
        byte[] all = new byte[1 << 16];
        int filled = 0;
        List<OwnedFd> fds = new ArrayList<>();
        int received = frontend.receive(all, 0, all.length, fds);
        while (received > 0) {
            filled += received;
            received = frontend.receive(all, filled, all.length - filled, fds);
        }
        int count = 0;
        for (int at = 0; at < filled; at += 12 + (all[at + 8] & 0xff) + 256 * (all[at + 9] & 0xff)) {
            count++;
        }
        return count;
    }

    @Override
    public void close() {
        sessions.close();
        eventFd.close();
        notShared.close();
        watchdog.close();
    }
}
