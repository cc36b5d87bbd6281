package dev.isthmus.server;

import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.UnixListener;
import dev.isthmus.linux.UnixSocket;

/**
 * Front-ends connect to us.
 *
 * @param closing closes the listener, and removes what belongs to it
 */
record ListeningSource(UnixListener listener, Runnable closing) implements FrontendSource {
    @Override
    public UnixSocket next() throws LinuxException {
        return listener.accept();
    }

    @Override
    public void shutdown() {
        listener.shutdown();
    }

    @Override
    public ConnectionState whileWaiting() {
        return ConnectionState.LISTENING;
    }

    @Override
    public void close() {
        closing.run();
    }
}
