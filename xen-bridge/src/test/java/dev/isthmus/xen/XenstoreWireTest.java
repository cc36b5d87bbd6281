package dev.isthmus.xen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A transport that takes one request at a time, as the kernel's device does. */
@Timeout(60)
class XenstoreWireTest {
    private final OneAtATime transport = new OneAtATime();
    private final XenstoreWire wire = XenstoreWire.over(transport);

    @AfterEach
    void close() {
        wire.close();
    }

    private CompletableFuture<String> ask(String text) {
        CompletableFuture<String> answer = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                answer.complete(wire.call(2, 0, text.getBytes(StandardCharsets.UTF_8)).text());
            } catch (IOException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    @Test
    void writesARequestWhenTheOneBeforeItIsAnswered() throws Exception {
        CompletableFuture<String> first = ask("first");
        XenstoreMessage one = transport.written();
        CompletableFuture<String> second = ask("second");
        assertThat(transport.isWrittenSoon()).isFalse();

        transport.answer(one.requestId(), "1");

        assertThat(first.get()).isEqualTo("1");
        transport.answer(transport.written().requestId(), "2");
        assertThat(second.get()).isEqualTo("2");
    }

    @Test
    void anInterruptedRequestIsWaitedForToo() throws Exception {
        CompletableFuture<IOException> problem = new CompletableFuture<>();
        Thread thread = Thread.ofPlatform().start(() -> {
            try {
                wire.call(2, 0, new byte[0]);
            } catch (IOException e) {
                problem.complete(e);
            }
        });
        XenstoreMessage one = transport.written();
        thread.interrupt();
        assertThat(problem.get()).hasMessageContaining("interrupted");
        CompletableFuture<String> second = ask("second");
        assertThat(transport.isWrittenSoon()).isFalse();

        transport.answer(one.requestId(), "1");

        transport.answer(transport.written().requestId(), "2");
        assertThat(second.get()).isEqualTo("2");
    }

    @Test
    void anAnswerThatNamesNoRequestIsTheNewestOnes() throws Exception {
        CompletableFuture<String> first = ask("first");
        transport.written();
        transport.answer(0, "OK");

        assertThat(first.get()).isEqualTo("OK");
    }

    private static final class OneAtATime implements XenstoreTransport {
        private static final byte[] END = {};

        private final BlockingQueue<byte[]> answers = new LinkedBlockingQueue<>();
        private final BlockingQueue<byte[]> requests = new LinkedBlockingQueue<>();
        private byte[] current = END;
        private int at;

        XenstoreMessage written() throws InterruptedException {
            ByteBuffer request = ByteBuffer.wrap(requests.take()).order(ByteOrder.LITTLE_ENDIAN);
            return new XenstoreMessage(request.getInt(), request.getInt(), request.getInt(), new byte[0]);
        }

        /** Long enough for one that does not wait, mostly; one that waits is never seen. */
        boolean isWrittenSoon() throws InterruptedException {
            byte[] request = requests.poll(50, TimeUnit.MILLISECONDS);
            return request != null;
        }

        void answer(int id, String text) {
            answers.add(new XenstoreMessage(2, id, 0, text.getBytes(StandardCharsets.UTF_8)).encode());
        }

        @Override
        public boolean isOneAtATime() {
            return true;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            try {
                if (at == current.length) {
                    current = answers.take();
                    at = 0;
                }
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            int count = Math.min(length, current.length - at);
            System.arraycopy(current, at, buffer, offset, count);
            at += count;
            return count;
        }

        @Override
        public void write(byte[] bytes) {
            requests.add(bytes);
        }

        @Override
        public void shutdown() {
            answers.add(END);
        }

        @Override
        public void close() {
        }
    }
}
