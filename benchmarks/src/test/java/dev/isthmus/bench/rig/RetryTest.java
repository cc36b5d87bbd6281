package dev.isthmus.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class RetryTest {
    private int attempts;

    private void succeedAfter(int failures) throws IOException {
        attempts++;
        if (attempts <= failures) {
            throw new IOException("too early");
        }
    }

    @Test
    void endsWhenItComesTrue() throws IOException {
        Retry.until(60, () -> succeedAfter(3));

        assertThat(attempts).isEqualTo(4);
    }

    @Test
    void failsAsTheLastAttemptDidWhenTheTimeIsOver() {
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> Retry.until(0, () -> succeedAfter(1_000_000)))
                .withMessage("too early");
    }
}
