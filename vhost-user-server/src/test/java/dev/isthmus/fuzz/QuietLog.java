package dev.isthmus.fuzz;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.LoggerFactory;

/**
 * Takes what the project logs until this is closed: hostile front-ends make many lines, and none of them may be an
 * error.
 */
public final class QuietLog implements AutoCloseable {
    private static final int ERRORS_KEPT = 20;

    private final Queue<String> errors = new ConcurrentLinkedQueue<>();
    private final AtomicLong lines = new AtomicLong();
    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.isthmus");
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            lines.incrementAndGet();
            if (event.getLevel().isGreaterOrEqual(Level.ERROR) && errors.size() < ERRORS_KEPT) {
                errors.add(event.getFormattedMessage());
            }
        }
    };

    public QuietLog() {
        appender.start();
        logger.addAppender(appender);
        logger.setAdditive(false);
    }

    public Queue<String> errors() {
        return errors;
    }

    public long lines() {
        return lines.get();
    }

    @Override
    public void close() {
        logger.setAdditive(true);
        logger.detachAppender(appender);
        appender.stop();
    }
}
