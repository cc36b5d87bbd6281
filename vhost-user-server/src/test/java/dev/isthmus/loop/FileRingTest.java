package dev.isthmus.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.FileIo;
import dev.isthmus.linux.HostMemory;
import dev.isthmus.linux.MemFd;
import dev.isthmus.linux.OwnedFd;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** System calls on files by way of a worker's loop. A completion that is lost is a test that hangs. */
class FileRingTest {
    private static final int FILE_BYTES = 1 << 20;
    private static final int EBADF = 9;
    private static final int EFAULT = 14;

    private final Arena arena = Arena.ofConfined();
    private WorkerLoop loop;
    private FileRing files;
    private OwnedFd file;

    @BeforeEach
    void open() throws IOException {
        loop = WorkerLoop.open(Transport.IO_URING);
        files = loop.files();
        file = MemFd.create("file", FILE_BYTES);
    }

    @AfterEach
    void close() {
        loop.close();
        file.close();
        arena.close();
    }

    /** What a request came to. */
    private static final class Answer implements FileRing.Completion {
        private static final int NONE = Integer.MAX_VALUE;
        private int result = NONE;

        @Override
        public void completed(int returned) {
            assertThat(result).as("completed once").isEqualTo(NONE);
            result = returned;
        }
    }

    private int await(Answer answer) {
        while (answer.result == Answer.NONE) {
            loop.sleep(WorkerLoop.FOR_EVER, () -> false);
        }
        return answer.result;
    }

    private long iovec(MemorySegment... buffers) {
        long array = arena.allocate((long) buffers.length * FileIo.IOVEC_BYTES, Long.BYTES).address();
        for (int i = 0; i < buffers.length; i++) {
            HostMemory.putU64(array + (long) i * FileIo.IOVEC_BYTES, buffers[i].address());
            HostMemory.putU64(array + (long) i * FileIo.IOVEC_BYTES + 8, buffers[i].byteSize());
        }
        return array;
    }

    private MemorySegment bytes(String text) {
        return arena.allocateFrom(ValueLayout.JAVA_BYTE, text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String text(MemorySegment buffer) {
        return new String(buffer.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.US_ASCII);
    }

    @Test
    void readsWhatItWroteFromOneBufferAndFromSeveral() {
        Answer one = new Answer();
        Answer several = new Answer();
        files.write(one, file.number(), iovec(bytes("isthmus")), 1, 100, 0);
        files.write(several, file.number(), iovec(bytes("land"), bytes(" and "), bytes("water")), 3, 200, 0);
        assertThat(await(one)).isEqualTo(7);
        assertThat(await(several)).isEqualTo(14);

        MemorySegment head = arena.allocate(2);
        MemorySegment tail = arena.allocate(5);
        MemorySegment whole = arena.allocate(14);
        Answer first = new Answer();
        Answer second = new Answer();
        files.read(first, file.number(), iovec(head, tail), 2, 100);
        files.read(second, file.number(), iovec(whole), 1, 200);

        assertThat(await(first)).isEqualTo(7);
        assertThat(await(second)).isEqualTo(14);
        assertThat(text(head) + text(tail)).isEqualTo("isthmus");
        assertThat(text(whole)).isEqualTo("land and water");
    }

    @Test
    void tellsOfTheEndOfTheFile() {
        Answer across = new Answer();
        Answer behind = new Answer();
        files.read(across, file.number(), iovec(arena.allocate(4096)), 1, FILE_BYTES - 100);
        files.read(behind, file.number(), iovec(arena.allocate(4096)), 1, FILE_BYTES);

        assertThat(await(across)).isEqualTo(100);
        assertThat(await(behind)).isZero();
    }

    @Test
    void syncsAndFrees() {
        Answer written = new Answer();
        files.write(written, file.number(), iovec(bytes("gone")), 1, 8192, FileIo.RWF_DSYNC);
        assertThat(await(written)).isEqualTo(4);
        Answer synced = new Answer();
        files.sync(synced, file.number());
        Answer freed = new Answer();
        files.allocate(freed, file.number(), FileIo.FALLOC_FL_PUNCH_HOLE | FileIo.FALLOC_FL_KEEP_SIZE, 8192, 4096);
        assertThat(await(synced)).isZero();
        assertThat(await(freed)).isZero();

        MemorySegment buffer = bytes("full");
        Answer read = new Answer();
        files.read(read, file.number(), iovec(buffer), 1, 8192);
        assertThat(await(read)).isEqualTo(4);
        assertThat(buffer.toArray(ValueLayout.JAVA_BYTE)).containsOnly(0);
    }

    @Test
    void givesErrorsAsNegativeErrno() throws IOException {
        OwnedFd closed = MemFd.create("closed", 4096);
        int number = closed.number();
        closed.close();
        Answer bad = new Answer();
        Answer fault = new Answer();
        files.read(bad, number, iovec(arena.allocate(512)), 1, 0);
        files.read(fault, file.number(), iovec(MemorySegment.ofAddress(16).reinterpret(512)), 1, 0);

        assertThat(await(bad)).isEqualTo(-EBADF);
        assertThat(await(fault)).isEqualTo(-EFAULT);
    }

    @Test
    void refusesMoreThanItHasRoomForAndGoesOnAfterwards() {
        long iovec = iovec(arena.allocate(512));
        for (int round = 0; round < 3; round++) {
            List<Answer> answers = new ArrayList<>();
            while (files.hasRoom()) {
                Answer answer = new Answer();
                answers.add(answer);
                files.read(answer, file.number(), iovec, 1, 0);
            }
            assertThat(answers).hasSize(Limits.FILE_REQUESTS_MAX);
            assertThatIllegalStateException().isThrownBy(() -> files.sync(new Answer(), file.number()));
            answers.forEach(answer -> assertThat(await(answer)).isEqualTo(512));
            assertThat(loop.hasFilesInFlight()).isFalse();
        }
    }

    @Test
    void takesTheNextRequestFromACompletion() {
        long iovec = iovec(arena.allocate(512));
        Answer last = new Answer();
        files.read(result -> files.read(more -> files.sync(last, file.number()), file.number(), iovec, 1, 0), file
                .number(), iovec, 1, 0);

        assertThat(await(last)).isZero();
    }

    @Test
    void handsOverWhileTheWorkerHasOtherWork() {
        Answer read = new Answer();
        files.read(read, file.number(), iovec(arena.allocate(512)), 1, 0);
        loop.pass();
        assertThat(read.result).as("may wait one turn for the sleep").isEqualTo(Answer.NONE);

        while (read.result == Answer.NONE) {
            loop.pass();
        }
    }

    @Test
    void completionThatThrowsEndsTheTurnAndLosesNoOther() {
        long iovec = iovec(arena.allocate(512));
        Answer before = new Answer();
        Answer after = new Answer();
        files.read(before, file.number(), iovec, 1, 0);
        files.read(result -> {
            throw new IllegalStateException("broken");
        }, file.number(), iovec, 1, 0);
        files.read(after, file.number(), iovec, 1, 0);

        assertThatIllegalStateException().isThrownBy(() -> {
            while (loop.hasFilesInFlight()) {
                loop.sleep(WorkerLoop.FOR_EVER, () -> false);
            }
        }).withMessage("broken");
        assertThat(await(before)).isEqualTo(512);
        assertThat(await(after)).isEqualTo(512);
    }

    @Test
    void seesKicksWhileFilesAreInFlight() throws IOException {
        int[] kicks = {0};
        try (OwnedFd kick = EventFd.create()) {
            Watch watch = loop.watch(kick, () -> kicks[0]++);
            Answer read = new Answer();
            files.read(read, file.number(), iovec(arena.allocate(512)), 1, 0);
            EventFd.signal(kick.number());

            await(read);
            while (kicks[0] == 0) {
                loop.sleep(WorkerLoop.FOR_EVER, () -> false);
            }
            watch.close();
        }
    }

    @Test
    void epollHasNone() throws IOException {
        try (WorkerLoop epoll = WorkerLoop.open(Transport.EPOLL)) {
            assertThat(epoll.files()).isNull();
            assertThat(epoll.hasFilesInFlight()).isFalse();
            epoll.pass();
        }
    }
}
