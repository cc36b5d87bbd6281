package dev.isthmus.xen.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.isthmus.xen.FakeXenstore;
import dev.isthmus.xen.blkif.BlkifConnection;
import dev.isthmus.xen.blkif.BlkifProtocol;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class FrontendNodesTest {
    private final FakeXenstore store = new FakeXenstore();

    private void nodes(String... namesAndValues) {
        for (int i = 0; i < namesAndValues.length; i += 2) {
            store.write("/f/" + namesAndValues[i], namesAndValues[i + 1]);
        }
    }

    private BlkifConnection read() throws IOException {
        return FrontendNodes.read(store.connect(), "/f", FakeDisk.PROPERTIES);
    }

    @Test
    void readsOneRingOfOnePage() throws IOException {
        nodes("ring-ref", "4294967295", "event-channel", "7");

        BlkifConnection connection = read();

        assertThat(connection.protocol()).isEqualTo(BlkifProtocol.NATIVE);
        assertThat(connection.rings()).hasSize(1);
        assertThat(connection.rings().getFirst().references()).containsExactly(-1);
        assertThat(connection.rings().getFirst().remotePort()).isEqualTo(7);
    }

    @Test
    void readsARingOfSeveralPages() throws IOException {
        nodes("ring-page-order", "1", "ring-ref0", "8", "ring-ref1", "11", "event-channel", "7", "protocol",
                "x86_32-abi");

        BlkifConnection connection = read();

        assertThat(connection.protocol()).isEqualTo(BlkifProtocol.X86_32);
        assertThat(connection.rings().getFirst().references()).containsExactly(8, 11);
    }

    @Test
    void readsTheOlderNameForTheNumberOfPages() throws IOException {
        nodes("num-ring-pages", "2", "ring-ref0", "8", "ring-ref1", "11", "event-channel", "7");

        assertThat(read().rings().getFirst().references()).containsExactly(8, 11);
    }

    @Test
    void readsOnePageThatHasANumber() throws IOException {
        nodes("ring-page-order", "0", "ring-ref0", "8", "event-channel", "7");

        assertThat(read().rings().getFirst().references()).containsExactly(8);
    }

    @Test
    void readsSeveralRings() throws IOException {
        nodes("multi-queue-num-queues", "2", "queue-0/ring-ref", "8", "queue-0/event-channel", "1",
                "queue-1/ring-ref", "9", "queue-1/event-channel", "2");

        BlkifConnection connection = read();

        assertThat(connection.rings()).hasSize(2);
        assertThat(connection.rings().get(1).references()).containsExactly(9);
        assertThat(connection.rings().get(1).remotePort()).isEqualTo(2);
    }

    @Test
    void readsOneQueueWithoutADirectory() throws IOException {
        nodes("multi-queue-num-queues", "1", "ring-ref", "8", "event-channel", "1");

        assertThat(read().rings()).hasSize(1);
    }

    @Test
    void refusesWhatWasNotOffered() {
        nodes("ring-ref", "8", "event-channel", "7");
        refuses("multi-queue-num-queues", "5", "1 to 4");
        refuses("multi-queue-num-queues", "0", "1 to 4");
        refuses("multi-queue-num-queues", "4294967295", "1 to 4");
        refuses("num-ring-pages", "8", "1 to 4");
        refuses("num-ring-pages", "3", "power of 2");
        refuses("ring-page-order", "3", "0 to 2");
        refuses("ring-page-order", "-1", "no number");
        refuses("protocol", "mips\n\u001b", "mips??");
    }

    private void refuses(String node, String value, String why) {
        nodes(node, value);
        assertThatThrownBy(this::read).isInstanceOf(IOException.class).hasMessageContaining(why);
        store.remove("/f/" + node);
    }

    @Test
    void refusesWhatIsMissingOrNoNumber() {
        assertThatThrownBy(this::read).hasMessageContaining("/f/ring-ref0");
        nodes("ring-ref", "8");
        assertThatThrownBy(this::read).hasMessageContaining("/f/event-channel");
        nodes("event-channel", "x".repeat(1000));
        assertThatThrownBy(this::read).hasMessageContaining("xxx...").satisfies(
                e -> assertThat(e.getMessage().length()).isLessThan(200));
        nodes("event-channel", "4294967296");
        assertThatThrownBy(this::read).hasMessageContaining("no number");
    }
}
