package dev.isthmus.blk.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RequestQueueTest {
    @Test
    void ringGivesBackInOrderAndSaysWhenItIsFull() {
        var ring = new RequestRing(4);
        for (int round = 0; round < 10; round++) {
            FakeStoreRequest[] in = new FakeStoreRequest[4];
            for (int i = 0; i < 4; i++) {
                in[i] = FakeStoreRequest.flush();
                assertThat(ring.offer(in[i])).isTrue();
            }
            assertThat(ring.offer(FakeStoreRequest.flush())).isFalse();
            for (int i = 0; i < 4; i++) {
                assertThat(ring.poll()).isSameAs(in[i]);
            }
            assertThat(ring.poll()).isNull();
            assertThat(ring.isEmpty()).isTrue();
        }
    }

    @Test
    void ringWantsAPowerOfTwo() {
        assertThatIllegalArgumentException().isThrownBy(() -> new RequestRing(3));
        assertThatIllegalArgumentException().isThrownBy(() -> new RequestRing(1));
    }

    @Test
    void queueTakesMoreThanItsRingHoldsAndLosesNothing() {
        var queue = new RequestQueue(4);
        Set<StoreRequest> in = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int i = 0; i < 1000; i++) {
            var request = FakeStoreRequest.flush();
            in.add(request);
            queue.add(request);
        }
        Set<StoreRequest> out = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int turn = 0; turn < 1000; turn++) {
            out.add(queue.poll(turn));
        }
        assertThat(new HashSet<>(out)).isEqualTo(new HashSet<>(in));
        assertThat(queue.poll(0)).isNull();
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void queueTakesFromRingAndOverflowInTurn() {
        var queue = new RequestQueue(2);
        FakeStoreRequest[] in = {FakeStoreRequest.flush(), FakeStoreRequest.flush(), FakeStoreRequest.flush(),
            FakeStoreRequest.flush()};
        for (var request : in) {
            queue.add(request);
        }

        assertThat(queue.poll(0)).isSameAs(in[0]);
        assertThat(queue.poll(1)).isSameAs(in[2]);
        assertThat(queue.poll(2)).isSameAs(in[1]);
        assertThat(queue.poll(3)).isSameAs(in[3]);
    }
}
