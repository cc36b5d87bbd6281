package dev.isthmus.virtqueue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.spec.Clause;
import org.junit.jupiter.api.Test;

class NotificationTest {
    private static final int WINDOW_MAX = 64;
    private static final int[] LONG_WINDOWS = {127, 128, 255, 1024, 32767, 32768};

    /** The sentence, entry by entry: was one of those just written placed at index {@code event}? */
    private static boolean sentence(int event, int newIndex, int oldIndex) {
        for (int index = oldIndex; index != newIndex; index = index + 1 & 0xffff) {
            if (index == event) {
                return true;
            }
        }
        return false;
    }

    @Clause("virtio 1.3, 2.7.7.2")
    @Test
    void closedFormAgreesWithTheSentenceForEveryEventAndShortWindow() {
        int wrong = 0;
        for (int old : new int[] {0, 1, 100, 0x7fff, 0x8000, 0xffc0, 0xfffe, 0xffff}) {
            for (int window = 0; window <= WINDOW_MAX; window++) {
                int now = old + window & 0xffff;
                for (int event = 0; event <= 0xffff; event++) {
                    wrong += Notification.needEvent(event, now, old) == sentence(event, now, old) ? 0 : 1;
                }
            }
        }
        assertThat(wrong).isZero();
    }

    /** By the sentence's other form: the distance of the event from the window's beginning. */
    @Clause("virtio 1.3, 2.7.7.2")
    @Test
    void closedFormAgreesWithTheSentenceForEveryEventAndLongWindow() {
        int wrong = 0;
        for (int old = 0; old <= 0xffff; old += 4099) {
            for (int window : LONG_WINDOWS) {
                for (int event = 0; event <= 0xffff; event++) {
                    int distance = Math.floorMod(event - old, 65536);
                    boolean expected = distance < window;
                    wrong += Notification.needEvent(event, old + window & 0xffff, old) == expected ? 0 : 1;
                }
            }
        }
        assertThat(wrong).isZero();
    }
}
