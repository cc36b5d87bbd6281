package dev.isthmus.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.fuzz.ProcessResources;
import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.LinuxException;
import org.junit.jupiter.api.Test;

class CallWaitTest {

    @Test
    void waitsForANotificationAndNotForEver() throws LinuxException {
        ProcessResources before = ProcessResources.now();
        try (CallWait wait = CallWait.open()) {
            EventFd.signal(wait.fd().number());
            EventFd.signal(wait.fd().number());
            assertThat(wait.await()).isTrue();
            assertThat(wait.await()).as("nobody notified").isFalse();
            EventFd.signal(wait.fd().number());
            assertThat(wait.await()).isTrue();
        }
        before.expectAgain();
    }
}
