package dev.isthmus.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CompletionQueueTest {

    private static List<Integer> all(CompletionQueue queue) {
        List<Integer> heads = new ArrayList<>();
        for (int head = queue.takeAll(); head != CompletionQueue.NONE; head = queue.after(head)) {
            heads.add(head);
        }
        return heads;
    }

    @Test
    void beginsEmpty() {
        var queue = new CompletionQueue(4);
        assertThat(queue.isEmpty()).isTrue();
        assertThat(all(queue)).isEmpty();
    }

    @Test
    void givesAllOfItAtOnceLastFirst() {
        var queue = new CompletionQueue(4);
        queue.push(2);
        queue.push(0);
        queue.push(3);
        assertThat(queue.isEmpty()).isFalse();
        assertThat(all(queue)).containsExactly(3, 0, 2);
        assertThat(queue.isEmpty()).isTrue();
        assertThat(all(queue)).isEmpty();
    }

    @Test
    void takesAHeadAgainOnceItWasGiven() {
        var queue = new CompletionQueue(1);
        for (int i = 0; i < 3; i++) {
            queue.push(0);
            assertThat(all(queue)).containsExactly(0);
        }
    }

    @Test
    void losesNothingOfSeveralThreadsAndShowsWhatTheyWroteBefore() {
        int threads = 3;
        int each = 20_000;
        var queue = new CompletionQueue(threads * each);
        int[] written = new int[threads * each];
        List<CompletableFuture<Void>> pushers = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            int first = t * each;
            pushers.add(CompletableFuture.runAsync(() -> {
                for (int head = first; head < first + each; head++) {
                    written[head] = head + 1;
                    queue.push(head);
                }
            }));
        }
        var seen = new BitSet();
        int stale = 0;
        boolean over = false;
        while (!over) {
            over = pushers.stream().allMatch(CompletableFuture::isDone); // asked before the last look
            for (int head : all(queue)) {
                seen.set(head);
                stale += written[head] == head + 1 ? 0 : 1;
            }
        }
        assertThat(pushers).allMatch(p -> !p.isCompletedExceptionally());
        assertThat(seen.cardinality()).isEqualTo(threads * each);
        assertThat(stale).isZero();
    }
}
