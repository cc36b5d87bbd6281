package dev.isthmus.xen;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Requests and their answers, and the events between them: one thread reads what comes and hands it to who waits.
 */
final class XenstoreWire implements AutoCloseable {
    private final XenstoreTransport transport;
    private final Map<Integer, CompletableFuture<XenstoreMessage>> waiting = new ConcurrentHashMap<>();
    private final AtomicInteger requests = new AtomicInteger();
    /** Guarded by transport: the newest request's. */
    private @Nullable CompletableFuture<XenstoreMessage> newest;
    private volatile int newestId;
    private final Thread reader;
    /** Guarded by itself, which is notified of each. */
    private final Set<Xenstore.WatchEvent> events = new LinkedHashSet<>();
    /** Guarded by events. */
    private boolean ended;

    private XenstoreWire(XenstoreTransport transport) {
        this.transport = transport;
        this.reader = Thread.ofPlatform().name("xenstore").daemon().unstarted(this::readAll);
    }

    static XenstoreWire over(XenstoreTransport transport) {
        XenstoreWire wire = new XenstoreWire(transport);
        wire.reader.start();
        return wire;
    }

    /** The answer to a request, which may be an error. */
    XenstoreMessage call(int type, int transaction, byte[] payload) throws IOException {
        if (payload.length > XenstoreMessage.PAYLOAD_BYTES_MAX) {
            throw new IOException("a xenstore request of " + payload.length + " bytes, at most "
                    + XenstoreMessage.PAYLOAD_BYTES_MAX + " are possible");
        }
        int id = requests.incrementAndGet();
        CompletableFuture<XenstoreMessage> answer = new CompletableFuture<>();
        waiting.put(id, answer);
        try {
            if (hasEnded()) {
                throw new IOException("xenstore is gone");
            }
            byte[] request = new XenstoreMessage(type, id, transaction, payload).encode();
            synchronized (transport) {
                if (transport.isOneAtATime()) {
                    awaitNewest();
                }
                newest = answer;
                newestId = id;
                transport.write(request);
            }
            return answer.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while xenstore was asked");
        } catch (ExecutionException e) {
            throw new IOException("xenstore is gone", e.getCause());
        } catch (IOException e) {
            forget(id, answer);
            throw e;
        }
    }

    /** Also of a caller that was interrupted and has gone. */
    private void awaitNewest() {
        if (newest != null) {
            newest.handle((_, _) -> true).join();
        }
    }

    /** There will be no answer. */
    private void forget(int id, CompletableFuture<XenstoreMessage> answer) {
        waiting.remove(id);
        answer.cancel(false);
    }

    Optional<Xenstore.WatchEvent> awaitEvent(Duration atMost) throws InterruptedException {
        long begun = System.nanoTime();
        synchronized (events) {
            long left = atMost.toNanos();
            while (events.isEmpty() && !ended && left > 0) {
                TimeUnit.NANOSECONDS.timedWait(events, left);
                left = atMost.toNanos() - (System.nanoTime() - begun);
            }
            if (ended || events.isEmpty()) {
                return Optional.empty();
            }
            Xenstore.WatchEvent first = events.iterator().next();
            events.remove(first);
            return Optional.of(first);
        }
    }

    private boolean hasEnded() {
        synchronized (events) {
            return ended;
        }
    }

    private void readAll() {
        IOException why = new IOException("the connection to xenstore has ended");
        try {
            for (XenstoreMessage message = receive(); message != null; message = receive()) {
                deliver(message);
            }
        } catch (IOException e) {
            why = e;
        }
        synchronized (events) {
            ended = true;
            events.notifyAll();
        }
        // After ended is set: whoever asks from now on sees that, whoever asked before is in the map.
        for (CompletableFuture<XenstoreMessage> answer : waiting.values()) {
            answer.completeExceptionally(why);
        }
    }

    private void deliver(XenstoreMessage message) {
        if (message.type() == XenstoreOperation.WATCH_EVENT) {
            var strings = message.strings();
            if (strings.size() >= 2) {
                synchronized (events) {
                    events.add(new Xenstore.WatchEvent(strings.get(0), strings.get(1)));
                    events.notifyAll();
                }
            }
            return;
        }
        // Where the kernel answers for the store, of a watch, it may not say to which request.
        boolean unnamed = message.requestId() == 0 && transport.isOneAtATime();
        CompletableFuture<XenstoreMessage> answer = waiting.remove(unnamed ? newestId : message.requestId());
        if (answer != null) {
            answer.complete(message);
        }
    }

    private @Nullable XenstoreMessage receive() throws IOException {
        byte[] header = new byte[XenstoreMessage.HEADER_BYTES];
        if (!fill(header)) {
            return null;
        }
        ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
        int type = fields.getInt();
        int id = fields.getInt();
        int transaction = fields.getInt();
        int length = fields.getInt();
        if (length < 0 || length > XenstoreMessage.PAYLOAD_BYTES_MAX) {
            throw new IOException("a xenstore message of " + Integer.toUnsignedString(length) + " bytes");
        }
        byte[] payload = new byte[length];
        return fill(payload) ? new XenstoreMessage(type, id, transaction, payload) : null;
    }

    private boolean fill(byte[] bytes) throws IOException {
        int filled = 0;
        while (filled < bytes.length) {
            int read = transport.read(bytes, filled, bytes.length - filled);
            if (read == 0) {
                return false;
            }
            filled += read;
        }
        return true;
    }

    @Override
    public void close() {
        transport.shutdown();
        boolean interrupted = false;
        while (reader.isAlive()) {
            try {
                reader.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        synchronized (transport) {
            transport.close();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
