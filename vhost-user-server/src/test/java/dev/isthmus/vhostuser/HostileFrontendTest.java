package dev.isthmus.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.isthmus.fuzz.FuzzFailure;
import dev.isthmus.fuzz.FuzzTally;
import dev.isthmus.fuzz.ProcessResources;
import dev.isthmus.fuzz.QuietLog;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.vhostuser.ProtocolViolation.Rule;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The short runs of {@link MessageFuzz} and {@link SessionFuzz}, and the tests of the fuzzers themselves. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileFrontendTest {
    private static final int MESSAGES = 60_000;
    private static final int MESSAGES_TO_SESSIONS = 8_000;

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void everyMessageIsDecodedOrRefusedForTheRuleItBreaks(long seed) throws LinuxException {
        ProcessResources before = ProcessResources.now();
        try (MessageFuzz fuzz = new MessageFuzz(seed, 0)) {
            fuzz.run(0, MESSAGES);
            FuzzTally tally = fuzz.tally();
            List<Rule> decoders = List.of(MessageCases.RULES);
            assertThat(tally.rarerThan(100, decoders)).as("seed %d\n%s", seed, tally).isEmpty();
            assertThat(tally.of(Rule.REPLY_MISMATCH)).isGreaterThan(100);
            assertThat(tally.rarerThan(100, Arrays.asList(FrontendRequest.values()))).isEmpty();
            assertThat(tally.reached()).isGreaterThan(tally.cases() / 2);
        }
        before.expectAgain();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void everySessionEndsForTheRuleThatWasBrokenAndLeavesNothing(long seed) throws LinuxException {
        ProcessResources before = ProcessResources.now();
        try (QuietLog log = new QuietLog(); SessionFuzz fuzz = new SessionFuzz(seed)) {
            fuzz.run(0, MESSAGES_TO_SESSIONS);
            FuzzTally tally = fuzz.tally();
            assertThat(tally.rarerThan(30, List.of(Rule.FEATURES_NOT_OFFERED, Rule.PROTOCOL_FEATURES_NOT_OFFERED,
                    Rule.MEMORY_REGION, Rule.VRING))).as("seed %d\n%s", seed, tally).isEmpty();
            assertThat(log.errors()).isEmpty();
        }
        before.expectAgain();
    }

    @Test
    void brokenCheckIsFound() throws LinuxException {
        try (MessageFuzz fuzz = new MessageFuzz(1, 1)) {
            assertThatThrownBy(() -> fuzz.run(0, MESSAGES)).isInstanceOf(FuzzFailure.class)
                    .hasMessageContaining("QUEUE_INDEX").hasMessageContaining("seed 1, stream ");
        }
    }
}
