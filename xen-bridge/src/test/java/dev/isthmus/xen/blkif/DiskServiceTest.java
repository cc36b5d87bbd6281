package dev.isthmus.xen.blkif;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.linux.HostMemory;
import dev.isthmus.xen.CrashPoint;
import dev.isthmus.xen.blkif.GuestRing.Response;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Order, barriers, and what happens to requests in flight when one side of the bridge ends. */
class DiskServiceTest {
    private static final int READ = 0;
    private static final int WRITE = 1;
    private static final int BARRIER = 2;
    private static final int FLUSH = 3;

    @TempDir
    Path directory;

    private BlkGuest guest;
    private RingRig rig;
    private GuestRing ring;

    @BeforeEach
    void open() throws IOException {
        guest = new BlkGuest(BlkifProtocol.X86_64, 1, 1, 40);
        rig = new RingRig(directory.resolve("journal"), guest);
        ring = guest.ring();
        rig.backend.recording = true;
    }

    @AfterEach
    void close() {
        rig.close();
        guest.close();
    }

    private byte[] write(long id, int page) {
        return ring.request(WRITE, id, 8 * id, guest.grant(page), 0, 7);
    }

    private void put(byte[]... requests) {
        for (byte[] request : requests) {
            ring.put(request);
        }
        ring.push();
        rig.turn();
    }

    private List<Long> answered() {
        List<Long> ids = new ArrayList<>();
        for (Response response = ring.poll(); response != null; response = ring.poll()) {
            assertThat(response.status()).isZero();
            ids.add(response.id());
        }
        return ids;
    }

    private String executed() {
        String executed = rig.backend.executed.toString();
        rig.backend.executed.setLength(0);
        return executed;
    }

    @Test
    void aBarrierWaitsForAllBeforeItAndHoldsUpAllBehindIt() {
        rig.backend.working = false;
        put(write(1, 0), write(2, 0), ring.request(BARRIER, 3, 24, guest.grant(0), 0, 7), write(4, 0), write(5, 0));
        assertThat(rig.backend.waiting()).isEqualTo(2);
        rig.backend.working = true;
        rig.backend.backwards = true;
        rig.turn();
        assertThat(executed()).isEqualTo("WWFWFWW");
        assertThat(answered()).containsExactly(2L, 1L, 3L, 5L, 4L);
    }

    @Test
    void anEmptyBarrierIsAFlush() {
        put(ring.request(BARRIER, 1, 0), ring.request(BARRIER, 2, 0), ring.request(FLUSH, 3, 0));
        assertThat(executed()).isEqualTo("FFF");
        assertThat(answered()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void aFlushWithDataFlushesBeforeItWrites() {
        put(ring.request(FLUSH, 1, 8, guest.grant(0), 0, 7));
        assertThat(executed()).isEqualTo("FW");
        assertThat(answered()).containsExactly(1L);
    }

    @Test
    void aBackendsErrorsAreTheGuests() {
        rig.backend.nextStatus = BlkifOperation.ERROR;
        assertThat(rig.execute(write(1, 0))).isEqualTo(new Response(1, WRITE, -1));
        assertThat(rig.execute(ring.request(BARRIER, 2, 8, guest.grant(0), 0, 7))).isEqualTo(new Response(2, BARRIER,
                -1));
        rig.backend.nextStatus = BlkifOperation.EOPNOTSUPP;
        assertThat(rig.execute(ring.request(FLUSH, 3, 0))).isEqualTo(new Response(3, FLUSH, -2));
        rig.backend.nextStatus = BlkifOperation.OKAY;
        assertThat(rig.execute(write(4, 0))).isEqualTo(new Response(4, WRITE, 0));
    }

    @Test
    void aCopyThatFailsIsAnError() {
        int revoked = guest.domain.grant(39, true);
        guest.domain.revoke(revoked);
        int readOnly = guest.domain.grant(39, false);
        assertThat(rig.execute(ring.request(WRITE, 1, 0, revoked, 0, 7)).status()).isEqualTo(-1);
        assertThat(rig.execute(ring.request(READ, 2, 0, revoked, 0, 7)).status()).isEqualTo(-1);
        assertThat(rig.execute(ring.request(READ, 3, 0, readOnly, 0, 7)).status()).isEqualTo(-1);
        assertThat(rig.execute(ring.request(WRITE, 4, 0, readOnly, 0, 7)).status()).isZero();
        assertThat(executed()).isEqualTo("RRW");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsInFlightIsExecutedAgainInTheOrderItWasTaken(boolean ofTheBackend) throws IOException {
        rig.backend.working = false;
        // The same sectors: the order shows in the end.
        for (int i = 0; i < 10; i++) {
            HostMemory.fill(guest.address(i), 4096, i + 1);
            ring.put(ring.request(WRITE, i, 0, guest.grant(i), 0, 7));
        }
        ring.put(ring.request(READ, 10, 8, guest.grant(11), 0, 7));
        ring.push();
        rig.turn();
        if (ofTheBackend) {
            rig.replaceBackend();
        } else {
            rig.restart();
        }
        put(ring.request(BARRIER, 11, 16, guest.grant(0), 0, 7), write(12, 0));
        rig.backend.working = true;
        rig.turn();
        // The read need not wait for the copies of the writes.
        assertThat(executed()).isEqualTo("RWWWWWWWWWWFWFW");
        assertThat(answered()).containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L);
        assertThat(HostMemory.u8(rig.backend.sector(0))).isEqualTo(10);
        assertThat(rig.counters.resubmitted.get()).isEqualTo(11);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBarrierThatWaitsSurvives(boolean ofTheBackend) throws IOException {
        rig.backend.working = false;
        put(write(1, 0), ring.request(BARRIER, 2, 16, guest.grant(0), 0, 7), write(3, 0));
        for (int i = 0; i < 3; i++) {
            if (ofTheBackend) {
                rig.replaceBackend();
            } else {
                rig.restart();
            }
            rig.turn();
            assertThat(rig.backend.waiting()).isEqualTo(1);
        }
        rig.backend.working = true;
        rig.turn();
        assertThat(executed()).isEqualTo("WFWFW");
        assertThat(answered()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void whatIsAnsweredIsNotExecutedAgain() throws IOException {
        rig.backend.backwards = true;
        rig.backend.working = false;
        put(write(1, 0), write(2, 0), write(3, 0));
        rig.backend.working = true;
        // Two of three; the second and third answers overwrite the first requests in the ring.
        rig.backend.limit = 2;
        rig.turn();
        assertThat(answered()).containsExactly(3L, 2L);
        executed();
        rig.restart();
        rig.backend.limit = Integer.MAX_VALUE;
        rig.turn();
        assertThat(executed()).isEqualTo("W");
        assertThat(answered()).containsExactly(1L);
        rig.restart();
        rig.turn();
        assertThat(executed()).isEmpty();
        for (long id = 10; id < 200; id++) {
            put(write(id % 32, 0));
            if (id % 7 == 0) {
                rig.restart();
            }
            assertThat(answered()).containsExactly(id % 32);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void theProcessMayEndAtAnyCall(long seed) throws IOException {
        rig.backend.recording = false;
        GuestBlocks blocks = new GuestBlocks(guest, seed);
        int crashes = 0;
        for (int round = 0; round < 3000; round++) {
            int wanted = 1 + blocks.random().nextInt(GuestBlocks.BLOCKS);
            while (ring.outstanding() < wanted) {
                blocks.put();
            }
            ring.push();
            ring.askForEvent();
            rig.backend.backwards = blocks.random().nextBoolean();
            rig.backend.limit = blocks.random().nextInt(GuestBlocks.BLOCKS);
            rig.crash.crashAfter(blocks.random().nextInt(60));
            try {
                rig.turn();
            } catch (CrashPoint.Crash e) {
                crashes++;
                rig.restart();
            }
            for (Response response = ring.poll(); response != null; response = ring.poll()) {
                blocks.check(response);
            }
        }
        rig.crash.never();
        rig.backend.limit = Integer.MAX_VALUE;
        rig.turn();
        for (Response response = ring.poll(); response != null; response = ring.poll()) {
            blocks.check(response);
        }
        assertThat(ring.outstanding()).isZero();
        assertThat(crashes).isGreaterThan(500);
    }

    @Test
    void aDiskThatShrankRefusesAll() {
        rig.backend.working = false;
        put(write(1, 0), ring.request(FLUSH, 2, 0));
        rig.link.service().pause();
        rig.backend.lose();
        rig.link.service().resume(rig.backend, rig.backend.properties(), true);
        rig.turn();
        put(write(3, 0));
        for (long id = 1; id <= 3; id++) {
            Response response = ring.poll();
            assertThat(response).isNotNull();
            assertThat(response.status()).isEqualTo(-1);
        }
    }

    @Test
    void stoppedRingsAnswerWhatTheyTook() {
        rig.backend.working = false;
        put(write(1, 0));
        rig.link.service().rings()[0].stop();
        put(write(2, 0));
        rig.backend.working = true;
        rig.turn();
        assertThat(answered()).containsExactly(1L);
        assertThat(rig.link.service().inFlight()).isZero();
    }
}
