package dev.isthmus.xen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class XenstoreConnectionTest {
    @TempDir
    Path directory;

    private FakeXenstored xenstored;
    private XenstoreConnection store;

    @BeforeEach
    void open() throws IOException {
        Path socket = directory.resolve("socket");
        xenstored = new FakeXenstored(socket);
        store = XenstoreConnection.connect(socket);
    }

    @AfterEach
    void close() throws IOException {
        store.close();
        xenstored.close();
    }

    @Test
    void readsAndWrites() throws IOException {
        assertThat(store.read("/a")).isEmpty();
        store.write("/a", "grün");
        assertThat(store.read("/a")).contains("grün");
        store.write("/a", "");
        assertThat(store.read("/a")).contains("");
    }

    @Test
    void listsChildren() throws IOException {
        assertThat(store.list("/a")).isEmpty();
        store.write("/a", "");
        assertThat(store.list("/a")).isEmpty();
        store.write("/a/1", "");
        store.write("/a/2", "");
        assertThat(store.list("/a")).containsExactlyInAnyOrder("1", "2");
    }

    @Test
    void listsMoreChildrenThanOneAnswerHolds() throws IOException {
        xenstored.namesAtOnce = 3;
        for (int i = 0; i < 10; i++) {
            store.write("/a/" + i, "");
        }
        assertThat(store.list("/a")).hasSize(10).contains("0", "9");
    }

    @Test
    void listsChildrenThatChangeMeanwhile() throws IOException {
        xenstored.namesAtOnce = 3;
        xenstored.changesWhileListed = true;
        for (int i = 0; i < 10; i++) {
            store.write("/a/" + i, "");
        }
        assertThat(store.list("/a")).hasSize(11).contains("new").doesNotHaveDuplicates();
    }

    @Test
    void removesWhatIsThereOrNot() throws IOException {
        store.write("/a", "1");
        store.remove("/a");
        store.remove("/a");
        assertThat(store.read("/a")).isEmpty();
    }

    @Test
    void setsPermissions() throws IOException {
        store.permit("/a", List.of("n0", "r5"));
        assertThat(xenstored.permissions).containsEntry("/a", "n0,r5");
    }

    @Test
    void knowsDomains() throws IOException {
        assertThat(store.isIntroduced(5)).isTrue();
        assertThat(store.isIntroduced(6)).isFalse();
    }

    @Test
    void writesAllAgainAfterAConflict() throws IOException {
        xenstored.conflicts = 3;
        store.writeAll(Map.of("/a", "1", "/b", "2"));
        assertThat(xenstored.nodes).containsEntry("/a", "1").containsEntry("/b", "2");
        assertThat(xenstored.conflicts).isZero();
    }

    @Test
    void writesAllOnlyWhileANodeIsThere() throws IOException {
        assertThat(store.writeAllIf("/device", Map.of("/device/state", "6"))).isFalse();
        assertThat(xenstored.nodes).isEmpty();
        store.write("/device", "");
        assertThat(store.writeAllIf("/device", Map.of("/device/state", "6"))).isTrue();
        assertThat(xenstored.nodes).containsEntry("/device/state", "6");
    }

    @Test
    void deliversEventsOfItsWatches() throws Exception {
        store.watch("/a", "token");
        assertThat(store.awaitEvent()).contains(new Xenstore.WatchEvent("/a", "token"));
        assertThat(store.awaitEvent(Duration.ZERO)).isEmpty();
        xenstored.event("/a/b", "token");
        assertThat(store.awaitEvent()).contains(new Xenstore.WatchEvent("/a/b", "token"));
        store.unwatch("/a", "token");
        store.unwatch("/a", "token");
        assertThat(xenstored.watches).isEmpty();
    }

    @Test
    void makesOneOfEqualEventsThatWait() throws Exception {
        store.watch("/a", "token");
        for (int i = 0; i < 1000; i++) {
            xenstored.event("/a", "token");
        }
        xenstored.event("/a/last", "token");
        // An answer comes after all events before it.
        store.read("/a");
        assertThat(store.awaitEvent()).contains(new Xenstore.WatchEvent("/a", "token"));
        assertThat(store.awaitEvent()).contains(new Xenstore.WatchEvent("/a/last", "token"));
        assertThat(store.awaitEvent(Duration.ZERO)).isEmpty();
    }

    @Test
    void saysWhatTheStoreRefuses() {
        xenstored.error = "EACCES";
        assertThatThrownBy(() -> store.read("/a")).isInstanceOf(XenstoreException.class)
                .hasMessage("read /a: EACCES");
        assertThatThrownBy(() -> store.write("/a", "1")).isInstanceOf(XenstoreException.class);
        assertThatThrownBy(() -> store.writeAll(Map.of("/a", "1"))).isInstanceOf(XenstoreException.class);
        assertThatThrownBy(() -> store.list("/a")).isInstanceOf(XenstoreException.class);
    }

    @Test
    void refusesWhatNoStoreWouldTake() {
        assertThatThrownBy(() -> store.write("/a", "x".repeat(4096))).hasMessageContaining("4096");
    }

    @Test
    void servesManyThreadsAtOnce() throws Exception {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            String path = "/thread" + thread;
            all.add(CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 0; i < 200; i++) {
                        store.write(path, Integer.toString(i));
                        assertThat(store.read(path)).contains(Integer.toString(i));
                    }
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }));
        }
        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get();
    }

    @Test
    void endsWhenTheStoreIsGone() throws Exception {
        store.write("/a", "1");
        xenstored.close();
        assertThat(store.awaitEvent()).isEmpty();
        assertThatThrownBy(() -> store.read("/a")).isInstanceOf(IOException.class);
    }

    @Test
    void endsWhenTheStoreTalksNonsense() throws Exception {
        store.write("/a", "1");
        byte[] header = new byte[16];
        header[15] = 1;
        xenstored.sendRaw(header);
        assertThat(store.awaitEvent()).isEmpty();
    }

    @Test
    void endsWhoeverWaitsForEventsWhenItIsClosed() throws Exception {
        CompletableFuture<Boolean> waited = CompletableFuture.supplyAsync(() -> {
            try {
                return store.awaitEvent().isEmpty();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        store.close();
        assertThat(waited.get()).isTrue();
    }
}
