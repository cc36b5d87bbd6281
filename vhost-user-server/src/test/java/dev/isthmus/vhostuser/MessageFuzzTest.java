package dev.isthmus.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.vhostuser.ProtocolViolation.Rule;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random messages, most of them right, each broken rarely: whatever comes, the reader returns a request, an end or a
 * violation, and every descriptor is closed afterwards. A failure names its seed and case.
 */
class MessageFuzzTest {
    private static final int CASES = 20_000;
    private static final Negotiated ALL = Sessions.everythingNegotiated(4);

    /** What a run met. */
    private record Tally(Map<FrontendRequest, Integer> requests, Map<Rule, Integer> rules) {
        static Tally empty() {
            return new Tally(new EnumMap<>(FrontendRequest.class), new EnumMap<>(Rule.class));
        }

        int decoded() {
            return requests.values().stream().mapToInt(Integer::intValue).sum();
        }
    }

    private static Tally run(long seed, int cases) {
        Tally tally = Tally.empty();
        for (int i = 0; i < cases; i++) {
            Random random = new Random(seed * 1_000_003 + i);
            try {
                one(new MessageGenerator(random), random, tally);
            } catch (RuntimeException | LinuxException e) {
                throw new AssertionError("seed " + seed + ", case " + i, e);
            }
        }
        return tally;
    }

    private static void one(MessageGenerator generator, Random random, Tally tally) throws LinuxException {
        MessageGenerator.Generated message = generator.next();
        ScriptedSource source = cut(message.bytes(), Wire.eventFds(message.fds()), random);
        try (Request request = new MessageReader(source).read(random.nextInt(20) == 0 ? fewer(random) : ALL)) {
            if (request != null) {
                tally.requests().merge(request.kind(), 1, Integer::sum);
            }
        } catch (ProtocolViolation violation) {
            assertThat(violation).message().isNotBlank();
            tally.rules().merge(violation.rule(), 1, Integer::sum);
        } finally {
            source.closeRest();
        }
    }

    private static Negotiated fewer(Random random) {
        return new Negotiated(random.nextLong(), random.nextBoolean(), random.nextLong(), random.nextLong(), 1);
    }

    private static ScriptedSource cut(byte[] bytes, List<OwnedFd> fds, Random random) {
        ScriptedSource source = new ScriptedSource();
        // One in 30 with the descriptors on the second piece.
        boolean late = random.nextInt(30) == 0;
        int at = 0;
        for (int piece = 0; at < bytes.length || piece == 0; piece++) {
            int length = random.nextInt(3) > 0 ? bytes.length - at : 1 + random.nextInt(Math.max(1, bytes.length - at));
            int end = Math.min(bytes.length, at + (late && piece == 0 ? 1 : length));
            source.add(Arrays.copyOfRange(bytes, at, end), piece == (late ? 1 : 0) ? fds : List.of());
            at = end;
        }
        if (late && bytes.length < 2) {
            fds.forEach(OwnedFd::close);
        }
        return source;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void everyMessageIsDecodedOrRefusedAndNoDescriptorIsLeaked(long seed) {
        long before = Wire.openEventFds();
        Tally tally = run(seed, CASES);
        assertThat(Wire.openEventFds()).as("seed %d", seed).isEqualTo(before);

        assertThat(tally.requests().keySet()).as("seed %d", seed).isEqualTo(EnumSet.allOf(FrontendRequest.class));
        // The rule of a reply, which messages of a front-end cannot break, and those that need a session's state.
        Set<Rule> reachable = EnumSet.complementOf(EnumSet.of(Rule.REPLY_MISMATCH, Rule.FEATURES_NOT_OFFERED,
                Rule.PROTOCOL_FEATURES_NOT_OFFERED, Rule.MEMORY_REGION, Rule.VRING));
        assertThat(tally.rules().keySet()).as("seed %d", seed).isEqualTo(reachable);
        assertThat(tally.decoded()).as("seed %d: at least half of the cases are right", seed).isGreaterThan(CASES / 2);
    }

    @Test
    void leakIsNoticed() throws LinuxException {
        long before = Wire.openEventFds();
        List<OwnedFd> leaked = Wire.eventFds(1);
        assertThat(Wire.openEventFds()).isEqualTo(before + 1);
        leaked.forEach(OwnedFd::close);
    }
}
