package dev.isthmus.xen;

import java.io.IOException;

/** Ends everything at one of the calls a worker makes, before it or behind it: as SIGKILL does. */
public final class CrashPoint {
    private int left = Integer.MAX_VALUE;

    /** The process is no more. */
    public static final class Crash extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** @param calls until it crashes */
    public void crashAfter(int calls) {
        left = calls;
    }

    public void never() {
        left = Integer.MAX_VALUE;
    }

    public void pass() {
        if (left != Integer.MAX_VALUE && left-- == 0) {
            throw new Crash();
        }
    }

    public GrantTable around(GrantTable table) {
        return new GrantTable() {
            @Override
            public GrantMapping map(int domain, int[] references) throws IOException {
                return table.map(domain, references);
            }

            @Override
            public void copy(GrantCopies copies) {
                pass();
                table.copy(copies);
                pass();
            }

            @Override
            public void close() {
                table.close();
            }
        };
    }

    public EventChannels around(EventChannels channels) {
        return new EventChannels() {
            @Override
            public int bind(int domain, int remotePort) throws IOException {
                return channels.bind(domain, remotePort);
            }

            @Override
            public void unbind(int port) {
                channels.unbind(port);
            }

            @Override
            public void signal(int port) {
                pass();
                channels.signal(port);
                pass();
            }

            @Override
            public int pending(int[] ports) {
                return channels.pending(ports);
            }

            @Override
            public void unmask(int port) {
                channels.unmask(port);
            }

            @Override
            public int descriptor() {
                return channels.descriptor();
            }

            @Override
            public void close() {
                channels.close();
            }
        };
    }
}
