package dev.isthmus.blk.store;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.isthmus.linux.Errno;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class StoreErrorsTest {
    private static final int EDQUOT = 122;

    private final Logger logger = (Logger) LoggerFactory.getLogger(StoreErrors.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final StoreCounters counters = new StoreCounters();
    private final StoreErrors errors = new StoreErrors("vda (a.img)", counters);

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(log);
    }

    @Test
    void tellsAFullDiskFromABrokenOne() {
        assertThat(errors.resultOf(StoreOperation.WRITE, -Errno.ENOSPC)).isEqualTo(StoreResult.NO_SPACE);
        assertThat(errors.resultOf(StoreOperation.WRITE, -EDQUOT)).isEqualTo(StoreResult.NO_SPACE);
        assertThat(errors.resultOf(StoreOperation.WRITE, -Errno.EIO)).isEqualTo(StoreResult.ERROR);
        assertThat(errors.resultOf(StoreOperation.WRITE, 0)).isEqualTo(StoreResult.OK);

        assertThat(counters.noSpaceErrors()).isEqualTo(2);
        assertThat(counters.ioErrors()).isEqualTo(1);
    }

    @Test
    void logsOnceForEachOperationAndKind() {
        for (int i = 0; i < 100; i++) {
            errors.resultOf(StoreOperation.WRITE, -Errno.ENOSPC);
            errors.resultOf(StoreOperation.WRITE, -Errno.EIO);
            errors.resultOf(StoreOperation.READ, -Errno.EIO);
            errors.failed(StoreOperation.READ, new InternalError("x"));
        }

        assertThat(log.list).hasSize(3).allMatch(e -> e.getLevel() == Level.WARN);
        assertThat(log.list.get(0).getFormattedMessage())
                .isEqualTo("vda (a.img): WRITE failed: No space left on device; the next ones are only counted");
        assertThat(counters.ioErrors()).isEqualTo(300);
    }

    private void lookAfterAQuietTime() {
        errors.look(System.nanoTime() + ErrorSpell.QUIET_NANOS);
    }

    @Test
    void saysWhenFailuresAreOverAndWhenTheyBeginAgain() {
        errors.resultOf(StoreOperation.READ, -Errno.EIO);
        errors.resultOf(StoreOperation.READ, -Errno.EIO);
        errors.look(System.nanoTime());
        assertThat(log.list).hasSize(1);
        assertThat(counters.isFailing(StoreOperation.READ)).isTrue();

        lookAfterAQuietTime();
        assertThat(counters.isFailing()).isFalse();
        assertThat(log.list).hasSize(2).last().extracting(ILoggingEvent::getFormattedMessage)
                .isEqualTo("vda (a.img): no READ fails any more; 2 did");
        lookAfterAQuietTime();
        assertThat(log.list).hasSize(2);

        errors.resultOf(StoreOperation.READ, -Errno.EIO);
        assertThat(log.list).hasSize(3);
        assertThat(counters.isFailing()).isTrue();
    }

    @Test
    void nothingIsOverAfterAFailedFlushUntilTheImageIsOpenedAnew() {
        errors.resultOf(StoreOperation.FLUSH, -Errno.EIO);
        counters.countFlushError();

        lookAfterAQuietTime();

        assertThat(counters.isFailing()).isTrue();
        assertThat(log.list).hasSize(1);
        counters.reopened();
        assertThat(counters.isFailing()).isFalse();
    }

    @Test
    void isFullUntilAWriteSucceeds() {
        errors.resultOf(StoreOperation.WRITE, -Errno.ENOSPC);
        errors.resultOf(StoreOperation.READ, 0);
        lookAfterAQuietTime();
        assertThat(counters.isFull()).as("nobody has tried again").isTrue();

        errors.resultOf(StoreOperation.WRITE, 0);
        errors.look(System.nanoTime());
        assertThat(counters.isFull()).as("too soon to say").isTrue();
        lookAfterAQuietTime();

        assertThat(counters.isFull()).isFalse();
        assertThat(counters.isFailing()).isFalse();
        assertThat(log.list).hasSize(2).last().extracting(ILoggingEvent::getFormattedMessage)
                .isEqualTo("vda (a.img): no WRITE lacks space any more; 1 did");
    }

    @Test
    void writeThatSucceedsBeforeTheLastFailureEndsNothing() {
        errors.resultOf(StoreOperation.WRITE, -Errno.ENOSPC);
        errors.resultOf(StoreOperation.WRITE, 0);
        errors.resultOf(StoreOperation.WRITE_ZEROES, -Errno.ENOSPC);

        lookAfterAQuietTime();

        assertThat(counters.isFull()).isTrue();
    }

    @Test
    void imageThatIsOpenedAnewIsNeitherFullNorFailing() {
        errors.resultOf(StoreOperation.WRITE, -Errno.ENOSPC);
        errors.resultOf(StoreOperation.WRITE, -Errno.EIO);

        counters.reopened();

        assertThat(counters.isFull()).isFalse();
        assertThat(counters.isFailing()).isFalse();
    }
}
