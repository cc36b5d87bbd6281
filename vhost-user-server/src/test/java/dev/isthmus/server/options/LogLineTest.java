package dev.isthmus.server.options;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LogLineTest {
    private static final OffsetDateTime TIME = OffsetDateTime.now().truncatedTo(ChronoUnit.MILLIS);

    private static String line(Level level, String message, @Nullable Throwable thrown, Object... arguments) {
        var event = new LoggingEvent("", new LoggerContext().getLogger("a.Class"), level, message, thrown, arguments);
        event.setInstant(TIME.toInstant());
        event.setThreadName("vring-disk-0");
        return new LogLine().doLayout(event);
    }

    @Test
    void lineHasTimeLevelThreadAndMessage() {
        String[] words = line(Level.INFO, "{}: front-end connected", null, "disk").split(" ", 2);

        assertThat(OffsetDateTime.parse(words[0])).isEqualTo(TIME);
        assertThat(words[1]).isEqualTo("INFO  [vring-disk-0] disk: front-end connected\n");
    }

    @Test
    void levelsAreOfOneWidth() {
        assertThat(line(Level.ERROR, "x", null).indexOf('[')).isEqualTo(line(Level.WARN, "x", null).indexOf('['));
    }

    @Test
    void stackTraceFollows() {
        assertThat(line(Level.ERROR, "failed", new IllegalStateException("why", new RuntimeException("because")))
                .lines()).hasSizeGreaterThan(3)
                .anyMatch(line -> line.equals("java.lang.IllegalStateException: why"))
                .anyMatch(line -> line.equals("Caused by: java.lang.RuntimeException: because"))
                .anyMatch(line -> line.startsWith("\tat dev.isthmus.server.options.LogLineTest.stackTraceFollows"));
    }
}
