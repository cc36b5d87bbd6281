package dev.isthmus.polling;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PollWindowTest {
    private static final long LONGEST = 20_000;

    private final PollWindow window = new PollWindow(LONGEST);

    @Test
    void beginsWithTheLongest() {
        assertThat(window.nanos()).isEqualTo(LONGEST);
    }

    @Test
    void staysWhileWorkComesInTime() {
        for (int i = 0; i < 100; i++) {
            window.pauseEnded(LONGEST);
        }
        assertThat(window.nanos()).isEqualTo(LONGEST);
    }

    @Test
    void isNothingAfterSomePausesThatNoWindowCovers() {
        for (int i = 0; i < 5; i++) {
            window.pauseEnded(LONGEST + 1);
        }
        assertThat(window.nanos()).isZero();
    }

    @Test
    void survivesASingleLongPause() {
        window.pauseEnded(1_000_000_000);
        assertThat(window.nanos()).isEqualTo(LONGEST / 2);
    }

    @Test
    void comesBackWhenPausesAreShort() {
        for (int i = 0; i < 5; i++) {
            window.pauseEnded(LONGEST + 1);
        }
        for (int i = 0; i < 6; i++) {
            window.pauseEnded(LONGEST);
        }
        assertThat(window.nanos()).isEqualTo(LONGEST);
    }

    @Test
    void growsNoFurtherThanThePausesAre() {
        for (int i = 0; i < 5; i++) {
            window.pauseEnded(LONGEST + 1);
        }
        for (int i = 0; i < 100; i++) {
            window.pauseEnded(3000);
        }
        assertThat(window.nanos()).isEqualTo(4000);
    }

    @Test
    void neverOpensWhenPollingIsOff() {
        PollWindow off = new PollWindow(0);
        off.pauseEnded(0);
        off.pauseEnded(1);
        off.pauseEnded(1_000_000);
        assertThat(off.nanos()).isZero();
    }
}
