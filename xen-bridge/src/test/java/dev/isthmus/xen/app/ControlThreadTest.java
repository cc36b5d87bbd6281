package dev.isthmus.xen.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ControlThreadTest {
    private final ControlThread control = new ControlThread();

    @AfterEach
    void close() {
        control.close();
    }

    @Test
    void decidesOnOneThread() throws Exception {
        var first = new CompletableFuture<Thread>();
        var second = new CompletableFuture<Thread>();
        control.execute(() -> first.complete(Thread.currentThread()));
        control.schedule(Duration.ofMillis(1), () -> second.complete(Thread.currentThread()));

        assertThat(first.get()).isSameAs(second.get());
    }

    @Test
    void goesOnAfterAMistake() throws Exception {
        var after = new CompletableFuture<String>();
        control.execute(() -> {
            throw new IllegalStateException("of a test");
        });
        control.execute(() -> after.complete("done"));

        assertThat(after.get()).isEqualTo("done");
    }

    @Test
    void tellsHowAJobEnded() throws Exception {
        var well = new CompletableFuture<String>();
        var badly = new CompletableFuture<Exception>();
        control.execute(() -> {
            control.start("well", () -> {}, problem -> well.complete(String.valueOf(problem)));
            control.start("badly", () -> {
                throw new IOException("of a test");
            }, badly::complete);
        });

        assertThat(well.get()).isEqualTo("null");
        assertThat(badly.get()).hasMessage("of a test");
    }

    @Test
    void interruptsAJobThatIsCancelledAndTellsNothingOfIt() throws Exception {
        var interrupted = new CompletableFuture<String>();
        var told = new CompletableFuture<String>();
        var never = new CountDownLatch(1);
        control.execute(() -> control.start("waits", () -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                interrupted.complete("interrupted");
                throw e;
            }
        }, problem -> told.complete("told")).cancel());

        assertThat(interrupted.get()).isEqualTo("interrupted");
        var later = new CompletableFuture<Boolean>();
        control.schedule(Duration.ofMillis(50), () -> later.complete(told.isDone()));
        assertThat(later.get()).isFalse();
    }

    @Test
    void doesNothingMoreWhenItIsClosed() {
        control.close();
        control.execute(() -> {
            throw new AssertionError("too late");
        });
    }
}
