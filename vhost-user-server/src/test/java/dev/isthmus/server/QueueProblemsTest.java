package dev.isthmus.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.vring.VringCounters;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class QueueProblemsTest {
    private final List<VringCounters> queues = List.of(new VringCounters(), new VringCounters());

    @Test
    void thereAreNoneWhileRequestsAreTakenAndAnswered() {
        assertThat(QueueProblems.of("vda", queues)).isEmpty();
    }

    @Test
    void eachNamesDeviceQueueAndAge() {
        queues.get(0).untakenNanos.set(TimeUnit.SECONDS.toNanos(5));
        queues.get(1).stalledNanos.set(TimeUnit.SECONDS.toNanos(42));

        assertThat(QueueProblems.of("vda", queues)).containsExactly(
                "Queue 0 of vda: a request has been available for 5 s and is not taken.",
                "Queue 1 of vda: a request has been in flight for 42 s; the storage does not answer.");
    }
}
