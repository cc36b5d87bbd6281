package dev.isthmus.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.linux.DatagramInbox;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceManagerTest {
    @TempDir
    Path directory;

    private String name() {
        return directory.resolve("notify").toString();
    }

    @Test
    void isToldOnceThatTheProcessIsReadyAndAgainAndAgainThatItRuns() throws IOException {
        try (DatagramInbox inbox = DatagramInbox.bind(name());
                ServiceManager _ = ServiceManager.ready(Map.of("NOTIFY_SOCKET", name(), "WATCHDOG_USEC", "2000"))) {
            assertThat(inbox.receive()).isEqualTo("READY=1\n");
            assertThat(inbox.receive()).isEqualTo("WATCHDOG=1\n");
            assertThat(inbox.receive()).isEqualTo("WATCHDOG=1\n");
        }
    }

    @Test
    void watchdogOfAnotherProcessIsNotOurs() throws IOException {
        try (DatagramInbox inbox = DatagramInbox.bind(name());
                ServiceManager _ = ServiceManager.ready(Map.of("NOTIFY_SOCKET", name(), "WATCHDOG_USEC", "1",
                        "WATCHDOG_PID", "1"));
                ServiceManager _ = ServiceManager.ready(Map.of("NOTIFY_SOCKET", name()))) {
            assertThat(inbox.receive()).isEqualTo("READY=1\n");
            assertThat(inbox.receive()).isEqualTo("READY=1\n");
        }
    }

    @Test
    void processRunsOnWithoutAManagerOrWithOneThatIsGone() {
        ServiceManager.ready(Map.of()).close();
        ServiceManager.ready(Map.of("NOTIFY_SOCKET", name())).close();
        ServiceManager.ready(Map.of("NOTIFY_SOCKET", "@isthmus-nobody")).close();
    }
}
