package dev.isthmus.xen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.isthmus.linux.PollSet;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the fake promises to those who are tested with it. */
class EventChannelsTest {
    private final FakeXen xen = new FakeXen();
    private final FakeDomain domain = xen.newDomain(5, 1);
    private final int[] ports = new int[4];
    private final PollSet poll = PollSet.withRoomFor(1);
    private FakeEventChannels channels;

    @BeforeEach
    void open() throws IOException {
        channels = xen.openEventChannels();
        poll.put(0, channels.descriptor());
    }

    @AfterEach
    void close() {
        channels.close();
        poll.close();
        xen.close();
    }

    @Test
    void reportsANewPortOnceAtOnce() throws IOException {
        int port = channels.bind(5, domain.allocatePort());

        assertThat(poll.await(0)).isEqualTo(1);
        assertThat(channels.pending(ports)).isEqualTo(1);
        assertThat(ports[0]).isEqualTo(port);
        assertThat(channels.pending(ports)).isZero();
        assertThat(poll.await(0)).isZero();
    }

    @Test
    void keepsANotificationOfAMaskedPortUntilItIsUnmasked() throws IOException {
        int remote = domain.allocatePort();
        int port = channels.bind(5, remote);
        channels.pending(ports);

        domain.signal(remote);
        assertThat(channels.pending(ports)).isZero();
        assertThat(poll.await(0)).isZero();

        channels.unmask(port);
        assertThat(poll.await(0)).isEqualTo(1);
        assertThat(channels.pending(ports)).isEqualTo(1);
    }

    @Test
    void reportsTheRestWhenThereAreMoreThanFit() throws IOException {
        for (int i = 0; i < 6; i++) {
            channels.bind(5, domain.allocatePort());
        }
        assertThat(channels.pending(ports)).isEqualTo(4);
        assertThat(poll.await(0)).isEqualTo(1);
        assertThat(channels.pending(ports)).isEqualTo(2);
    }

    @Test
    void notifiesTheDomain() throws Exception {
        int remote = domain.allocatePort();
        int port = channels.bind(5, remote);

        channels.signal(port);

        assertThat(domain.awaitEvents(remote, 0, 0)).isEqualTo(1);
    }

    @Test
    void refusesAPortThatIsNotThere() {
        assertThatThrownBy(() -> channels.bind(5, 3)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> channels.bind(5, -1)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> channels.bind(4, 1)).isInstanceOf(IOException.class);
    }

    @Test
    void leavesNothingBoundBehind() throws IOException {
        int remote = domain.allocatePort();
        channels.bind(5, remote);
        assertThat(domain.bindings()).isEqualTo(1);
        assertThatThrownBy(() -> channels.bind(5, remote)).isInstanceOf(IOException.class);

        channels.close();

        assertThat(domain.bindings()).isZero();
    }
}
