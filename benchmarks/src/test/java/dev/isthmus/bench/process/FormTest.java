package dev.isthmus.bench.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class FormTest {
    private static final Path IMAGE = Path.of("/images/i");
    private static final List<Path> ONE = List.of(Path.of("/s/0"));
    private static final List<Path> TWO = List.of(Path.of("/s/0"), Path.of("/s/1"));

    @Test
    void formsOfOursDifferInTheCacheOnly() {
        List<String> cache = Form.CACHE.command(ONE, IMAGE);
        List<String> jar = Form.JAR.command(ONE, IMAGE);

        assertThat(cache).contains("ISTHMUS_AOT_CACHE=" + OurProcess.CACHE);
        assertThat(jar).contains("ISTHMUS_AOT_CACHE=");
        assertThat(cache.subList(2, cache.size())).isEqualTo(jar.subList(2, jar.size()))
                .endsWith("--device", "socket-path=/s/0,blk-file=/images/i,num-queues=16,read-only=off");
    }

    @Test
    void manyDevicesOfOneImageOnlyRead() {
        assertThat(Form.JAR.command(TWO, IMAGE)).contains(
                "socket-path=/s/0,blk-file=/images/i,num-queues=16,read-only=on",
                "socket-path=/s/1,blk-file=/images/i,num-queues=16,read-only=on");
        assertThat(Form.PEER.command(TWO, IMAGE)).filteredOn(word -> word.startsWith("driver="))
                .allMatch(word -> word.endsWith(",read-only=on")).hasSize(2);
        assertThat(Form.PEER.command(ONE, IMAGE)).filteredOn(word -> word.startsWith("type="))
                .allMatch(word -> word.contains(",writable=on,")).hasSize(1);
    }
}
