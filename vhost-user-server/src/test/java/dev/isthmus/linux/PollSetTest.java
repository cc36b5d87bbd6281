package dev.isthmus.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PollSetTest {
    @Test
    void tellsWhichDescriptorIsReadable() throws LinuxException {
        try (OwnedFd first = EventFd.create(); OwnedFd second = EventFd.create();
                PollSet poll = PollSet.withRoomFor(3)) {
            poll.put(0, first.number());
            poll.put(2, second.number());
            assertThat(poll.await(0)).isZero();

            EventFd.signal(second.number());

            assertThat(poll.await(-1)).isEqualTo(1);
            assertThat(poll.isReady(0)).isFalse();
            assertThat(poll.isReady(1)).isFalse();
            assertThat(poll.isReady(2)).isTrue();
        }
    }

    @Test
    void forgetsADescriptorThatWasTakenOut() throws LinuxException {
        try (OwnedFd fd = EventFd.create(); PollSet poll = PollSet.withRoomFor(1)) {
            poll.put(0, fd.number());
            EventFd.signal(fd.number());
            poll.put(0, -1);
            assertThat(poll.await(0)).isZero();
            assertThat(poll.isReady(0)).isFalse();
        }
    }

    @Test
    void hasNoPlaceBeyondItsRoom() {
        try (PollSet poll = PollSet.withRoomFor(1)) {
            assertThatThrownBy(() -> poll.put(1, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }
}
