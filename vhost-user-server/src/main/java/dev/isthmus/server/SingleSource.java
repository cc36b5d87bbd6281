package dev.isthmus.server;

import dev.isthmus.linux.UnixSocket;
import org.jspecify.annotations.Nullable;

/** One front-end, connected already when this process was started; there is no second. */
final class SingleSource implements FrontendSource {
    private @Nullable UnixSocket connection;

    SingleSource(UnixSocket connection) {
        this.connection = connection;
    }

    @Override
    public @Nullable UnixSocket next() {
        UnixSocket only = connection;
        connection = null;
        return only;
    }

    @Override
    public void shutdown() {
        // Nobody waits.
    }

    @Override
    public ConnectionState whileWaiting() {
        return ConnectionState.LISTENING;
    }

    @Override
    public void close() {
        UnixSocket unused = next();
        if (unused != null) {
            unused.close();
        }
    }
}
