package dev.isthmus.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CleanupTest {
    private final List<String> events = new ArrayList<>();
    private final Cleanup cleanup = new Cleanup(events::add);

    private String make(String name) throws IOException {
        return cleanup.make(() -> name, events::add);
    }

    @Test
    void whatWasMadeLastGoesFirst() throws IOException {
        make("directory");
        make("mount");
        make("server");

        cleanup.close();

        assertThat(events).containsExactly("server", "mount", "directory");
    }

    @Test
    void nothingIsUndoneTwice() throws IOException {
        String server = make("server");
        make("mount");

        cleanup.release(server);
        cleanup.release(server);
        cleanup.close();
        cleanup.close();

        assertThat(events).containsExactly("server", "mount");
    }

    @Test
    void failureHindersNothingElse() throws IOException {
        make("directory");
        cleanup.make(() -> "mount", mount -> {
            throw new IOException("target is busy");
        });
        make("server");

        cleanup.close();

        assertThat(events).containsExactly("server", "left behind: target is busy", "directory");
    }

    @Test
    void failureBeforeTheEndIsTold() throws IOException {
        String server = cleanup.make(() -> "server", it -> {
            throw new IOException("had to be killed");
        });

        assertThatExceptionOfType(IOException.class).isThrownBy(() -> cleanup.release(server));
        cleanup.close();

        assertThat(events).isEmpty();
    }

    @Test
    void nothingIsMadeAfterTheEndHasBegun() {
        cleanup.close();

        assertThatExceptionOfType(IOException.class).isThrownBy(() -> make("server"));

        assertThat(events).isEmpty();
    }

    @Test
    void whatCouldNotBeMadeIsNotUndone() {
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> cleanup.make(() -> {
            throw new IOException("no such program");
        }, thing -> events.add("undone")));

        cleanup.close();

        assertThat(events).isEmpty();
    }

    @Test
    void partCanEndBeforeTheRest() throws IOException {
        make("directory");
        Cleanup part = cleanup.scope();
        part.make(() -> "server", events::add);
        make("spinner");

        cleanup.release(part);
        assertThat(events).containsExactly("server");
        cleanup.close();

        assertThat(events).containsExactly("server", "spinner", "directory");
    }
}
