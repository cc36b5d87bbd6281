package dev.isthmus.vhostuser;

import dev.isthmus.fuzz.FuzzFailure;
import dev.isthmus.fuzz.FuzzRandom;
import dev.isthmus.fuzz.FuzzTally;
import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.vhostuser.ProtocolViolation.Rule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Random messages with real descriptors against reader and decoder, in memory: what keeps the rules is decoded, what
 * breaks one is refused for this and for nothing else.
 */
public final class MessageFuzz implements AutoCloseable {
    private static final int BROKEN_ONE_IN = 3;
    private static final int REPLY_ONE_IN = 8;
    private static final int WILD_ONE_IN = 20;

    /** What an answer on the back-end's channel can break. */
    private static final Rule[] REPLY_RULES = {Rule.VERSION, Rule.REPLY_FLAG, Rule.REPLY_MISMATCH, Rule.PAYLOAD_SIZE,
        Rule.DESCRIPTOR_COUNT, Rule.TRUNCATED};

    private final long seed;
    private final Negotiated all;
    private final FuzzRandom random = new FuzzRandom();
    private final MessageCases cases = new MessageCases(random);
    private final FuzzTally tally = new FuzzTally();
    private final OwnedFd anyFd;

    /** @param queuesTooMany by how much the decoder believes that the device has more queues: 0 if it is right */
    public MessageFuzz(long seed, int queuesTooMany) throws LinuxException {
        this.seed = seed;
        this.all = Sessions.everythingNegotiated(MessageCases.QUEUES + queuesTooMany);
        this.anyFd = EventFd.create();
    }

    public FuzzTally tally() {
        return tally;
    }

    /** Runs this many cases, each a stream of its own from {@code first} on. */
    public void run(long first, long count) {
        for (long i = first; i < first + count; i++) {
            random.seed(seed, i);
            try {
                if (random.rarely(REPLY_ONE_IN)) {
                    reply();
                } else {
                    request();
                }
            } catch (LinuxException | RuntimeException | Error e) {
                throw new FuzzFailure("messages", seed, i, e);
            }
        }
    }

    private void request() throws LinuxException {
        Rule broken = random.rarely(BROKEN_ONE_IN) ? random.pick(MessageCases.RULES) : null;
        cases.make(broken);
        byte[] bytes = cases.bytes();
        boolean wild = broken == null && random.rarely(WILD_ONE_IN);
        if (wild) {
            bytes[random.below(bytes.length)] ^= (byte) (1 << random.below(8));
        }
        ScriptedSource source = new ScriptedSource();
        script(source, bytes, descriptors(cases.fds()), cases.descriptorsLate());
        Negotiated negotiated = broken == Rule.NOT_NEGOTIATED
                ? new Negotiated(Sessions.OFFERED, true, 0, 0, MessageCases.QUEUES)
                : all;
        Rule met = null;
        try (Request read = new MessageReader(source).read(negotiated)) {
            if (read != null) {
                tally.add(read.kind());
            }
        } catch (ProtocolViolation violation) {
            met = violation.rule();
        } finally {
            source.closeRest();
        }
        count(met);
        if (!wild) {
            require(broken, met);
        }
    }

    private void reply() throws LinuxException {
        Rule broken = random.rarely(BROKEN_ONE_IN) ? random.pick(REPLY_RULES) : null;
        int flags = broken == Rule.VERSION ? 6 : broken == Rule.REPLY_FLAG ? 1 : 5;
        int code = broken == Rule.REPLY_MISMATCH ? random.pick(1, 3, 4, 24, 99) : Code.CONFIG_CHANGE_MSG;
        byte[] payload = new byte[broken == Rule.PAYLOAD_SIZE ? random.pick(0, 4, 12, 16) : 8];
        byte[] bytes = Wire.message(code, flags, payload);
        if (broken == Rule.TRUNCATED) {
            bytes = Arrays.copyOf(bytes, random.below(bytes.length));
        }
        ScriptedSource source = new ScriptedSource();
        script(source, bytes, descriptors(broken == Rule.DESCRIPTOR_COUNT ? 1 : 0), false);
        Rule met = null;
        try {
            tally.add("Reply", new MessageReader(source).readReplyTo(BackendRequest.CONFIG_CHANGE_MSG) + "", 1);
        } catch (ProtocolViolation violation) {
            met = violation.rule();
        } finally {
            source.closeRest();
        }
        count(met);
        require(broken, met);
    }

    private void count(@Nullable Rule met) {
        tally.addCase(met == null);
        if (met != null) {
            tally.add(met);
        }
    }

    private static void require(@Nullable Rule broken, @Nullable Rule met) {
        if (!Objects.equals(broken, met)) {
            throw new IllegalStateException("refused for " + met + ", must be for " + broken);
        }
    }

    private List<OwnedFd> descriptors(int count) throws LinuxException {
        List<OwnedFd> fds = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            fds.add(anyFd.duplicate());
        }
        return fds;
    }

    /** Whole, or cut anywhere; the descriptors with the first byte, or with the second. */
    private void script(ScriptedSource source, byte[] bytes, List<OwnedFd> fds, boolean late) {
        int at = 0;
        if (late) {
            source.add(Arrays.copyOf(bytes, 1), List.of());
            at = 1;
        }
        boolean first = true;
        while (at < bytes.length || first) {
            int rest = bytes.length - at;
            int length = rest > 1 && random.rarely(4) ? 1 + random.below(rest - 1) : rest;
            source.add(Arrays.copyOfRange(bytes, at, at + length), first ? fds : List.of());
            at += length;
            first = false;
        }
    }

    @Override
    public void close() {
        anyFd.close();
    }
}
