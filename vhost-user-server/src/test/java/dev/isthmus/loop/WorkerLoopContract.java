package dev.isthmus.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a worker relies on, whatever it waits with. A wake-up that is lost is a test that hangs. */
abstract class WorkerLoopContract {
    private static final int SIGNALS = 100_000;
    private static final long SHORT_NANOS = 1_000_000;

    private final Transport transport;
    private final List<Thread> threads = new ArrayList<>();
    private WorkerLoop loop;
    private OwnedFd kick;
    private int seen;

    WorkerLoopContract(Transport transport) {
        this.transport = transport;
    }

    @BeforeEach
    void open() throws LinuxException {
        loop = WorkerLoop.open(transport);
        kick = EventFd.create();
    }

    @AfterEach
    void close() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
        loop.close();
        kick.close();
    }

    private Watch watchKick() {
        return loop.watch(kick, () -> seen++);
    }

    private void sleepUntilSeen(int count) {
        while (seen < count) {
            loop.sleep(WorkerLoop.FOR_EVER, () -> false);
        }
    }

    /** Runs on a thread of its own when the loop's thread is at its last question before it waits. */
    private void sleepWhile(Runnable other) {
        loop.sleep(WorkerLoop.FOR_EVER, () -> {
            start(other);
            return false;
        });
    }

    private void start(Runnable other) {
        threads.add(Thread.ofPlatform().start(other));
    }

    @Test
    void seesASignalThatWasThereBeforeTheWatch() {
        EventFd.signal(kick.number());
        watchKick();

        sleepUntilSeen(1);
    }

    @Test
    void seesASignalBetweenWatchAndSleep() {
        watchKick();
        EventFd.signal(kick.number());

        sleepUntilSeen(1);
    }

    @Test
    void isWokenByASignalWhileItSleeps() {
        watchKick();
        sleepWhile(() -> EventFd.signal(kick.number()));

        sleepUntilSeen(1);
    }

    @Test
    void isWokenByEachSignalThoughTheEventFdIsNeverRead() {
        watchKick();
        for (int i = 1; i <= 5; i++) {
            EventFd.signal(kick.number());
            sleepUntilSeen(i);
        }
    }

    @Test
    void isNotWokenAgainByASignalItHasSeen() {
        watchKick();
        EventFd.signal(kick.number());
        sleepUntilSeen(1);

        for (int i = 0; i < 10; i++) {
            loop.sleep(SHORT_NANOS, () -> false);
        }

        assertThat(seen).as("nobody reads the eventfd, so it stays readable").isEqualTo(1);
    }

    @Test
    void seesASignalAfterSomebodyElseReadTheEventFd() throws LinuxException {
        watchKick();
        EventFd.signal(kick.number());
        sleepUntilSeen(1);
        EventFd.drain(kick);

        EventFd.signal(kick.number());
        sleepUntilSeen(2);
    }

    @Test
    void doesNotSleepWhenThereIsWork() {
        loop.sleep(WorkerLoop.FOR_EVER, () -> true);
    }

    @Test
    void isWokenBeforeItWaits() {
        loop.sleep(WorkerLoop.FOR_EVER, () -> {
            loop.wake();
            return false;
        });
    }

    @Test
    void isWokenWhileItWaits() {
        sleepWhile(loop::wake);
    }

    @Test
    void needsNoEventToEndASleepWithATime() {
        loop.sleep(SHORT_NANOS, () -> false);
        loop.sleep(SHORT_NANOS, () -> false);
        loop.sleep(0, () -> false);
    }

    @Test
    void losesNoneOfManySignalsOfManyThreads() throws LinuxException {
        int writers = 4;
        AtomicLong given = new AtomicLong();
        try (OwnedFd second = EventFd.create()) {
            watchKick();
            Watch other = loop.watch(second, () -> seen++);
            for (int w = 0; w < writers; w++) {
                OwnedFd fd = w % 2 == 0 ? kick : second;
                start(() -> {
                    for (int i = 0; i < SIGNALS / writers; i++) {
                        given.incrementAndGet(); // the work, then its signal, as a driver does it
                        EventFd.signal(fd.number());
                    }
                });
            }
            while (given.get() < SIGNALS) {
                loop.sleep(WorkerLoop.FOR_EVER, () -> given.get() >= SIGNALS);
            }
            other.close();
        }
        assertThat(seen).isPositive();
    }

    /** Each signal is given only after the one before was seen, and the loop sleeps without an end. */
    @Test
    void losesNoneOfManySignalsOneAtATime() {
        AtomicInteger answered = new AtomicInteger();
        loop.watch(kick, answered::incrementAndGet);
        start(() -> {
            for (int i = 0; i < SIGNALS / 4; i++) {
                EventFd.signal(kick.number());
                while (answered.get() <= i) {
                    Thread.onSpinWait();
                }
            }
        });

        while (answered.get() < SIGNALS / 4) {
            loop.sleep(WorkerLoop.FOR_EVER, () -> false);
        }
    }

    @Test
    void losesNoneOfManyWakeups() {
        int rounds = SIGNALS / 4;
        AtomicInteger work = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        start(() -> {
            for (int i = 0; i < rounds; i++) {
                work.incrementAndGet();
                loop.wake();
                while (done.get() <= i) {
                    Thread.onSpinWait();
                }
            }
        });

        while (done.get() < rounds) {
            loop.sleep(WorkerLoop.FOR_EVER, () -> work.get() != done.get());
            done.set(work.get());
        }
    }

    @Test
    void seesNothingOfADescriptorWhoseWatchIsClosed() {
        Watch watch = watchKick();
        watch.close();
        watch.close();
        EventFd.signal(kick.number());

        loop.sleep(SHORT_NANOS, () -> false);

        assertThat(seen).isZero();
    }

    @Test
    void watchesAnotherDescriptorThatGotTheSameNumber() throws LinuxException {
        for (int i = 1; i <= 50; i++) {
            OwnedFd fd = EventFd.create();
            Watch watch = loop.watch(fd, () -> seen++);
            EventFd.signal(fd.number());
            sleepUntilSeen(i);
            watch.close();
            fd.close();
        }
    }

    @Test
    void watchesTheSameDescriptorAgain() {
        for (int i = 1; i <= 50; i++) {
            Watch watch = watchKick();
            EventFd.signal(kick.number());
            sleepUntilSeen(i);
            watch.close();
        }
    }

    @Test
    void watchesManyDescriptors() throws LinuxException {
        List<OwnedFd> fds = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            OwnedFd fd = EventFd.create();
            fds.add(fd);
            loop.watch(fd, () -> seen++);
        }
        fds.forEach(fd -> EventFd.signal(fd.number()));

        sleepUntilSeen(fds.size());
        fds.forEach(OwnedFd::close); // the loop's end closes their watches
    }
}
