package dev.isthmus.server;

import dev.isthmus.vhostuser.ProtocolViolation;
import dev.isthmus.vring.RecoveryTimes;
import dev.isthmus.vring.VringCounters;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;

/** What is counted about one device over all its front-ends. Any thread. */
public final class DeviceCounters {
    private final AtomicLong connections = new AtomicLong();
    private final AtomicLong connectFailures = new AtomicLong();
    private final AtomicLong socketErrors = new AtomicLong();
    private final AtomicLong startFailures = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final AtomicLong lostMemory = new AtomicLong();
    private final AtomicLongArray violations = new AtomicLongArray(ProtocolViolation.Rule.values().length);
    private final RecoveryTimes recovery = new RecoveryTimes();
    private final List<VringCounters> vrings;

    DeviceCounters(int queues) {
        vrings = IntStream.range(0, queues).mapToObj(i -> new VringCounters(recovery)).toList();
    }

    void countConnection() {
        connections.incrementAndGet();
    }

    void countConnectFailure() {
        connectFailures.incrementAndGet();
    }

    void countSocketError() {
        socketErrors.incrementAndGet();
    }

    void countStartFailure() {
        startFailures.incrementAndGet();
    }

    void countFailure() {
        failures.incrementAndGet();
    }

    /** The JVM makes an InternalError of an access to a mapping whose file was truncated, which is no bug of ours. */
    void countWorkerFailure(Throwable failure) {
        (failure instanceof InternalError ? lostMemory : failures).incrementAndGet();
    }

    void count(ProtocolViolation violation) {
        violations.incrementAndGet(violation.rule().ordinal());
    }

    /** Front-ends that have connected. */
    public long connections() {
        return connections.get();
    }

    /** Attempts to connect to a front-end that failed, such as those while it was not there. */
    public long connectFailures() {
        return connectFailures.get();
    }

    /** Connections that ended with a failed system call. */
    public long socketErrors() {
        return socketErrors.get();
    }

    /** Connections that ended because the device could not start, such as one whose image is in use elsewhere. */
    public long startFailures() {
        return startFailures.get();
    }

    /** Connections that ended because of a bug of ours, in a worker or in the session. */
    public long failures() {
        return failures.get();
    }

    /** Connections that ended because guest memory could not be read any more. */
    public long lostMemory() {
        return lostMemory.get();
    }

    /** Connections that were closed because the front-end broke this rule. */
    public long violations(ProtocolViolation.Rule rule) {
        return violations.get(rule.ordinal());
    }

    /** How long front-ends took to come back. */
    public RecoveryTimes recovery() {
        return recovery;
    }

    /** One for each virtqueue. */
    public List<VringCounters> vrings() {
        return vrings;
    }
}
