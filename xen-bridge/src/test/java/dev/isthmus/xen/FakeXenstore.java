package dev.isthmus.xen;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * A xenstore in memory, with connections that have watches of their own. A test changes it as guests and toolstacks do;
 * permissions are kept and shown, not enforced.
 */
public final class FakeXenstore {
    private final TreeMap<String, String> nodes = new TreeMap<>();
    private final Map<String, List<String>> permissions = new TreeMap<>();
    private final List<Connection> connections = new ArrayList<>();
    private final Set<Integer> domains = new TreeSet<>();
    private String refused = "";

    /** Somebody's connection, which reports all that any connection changes. */
    public synchronized Xenstore connect() {
        Connection connection = new Connection();
        connections.add(connection);
        return connection;
    }

    public synchronized Optional<String> read(String path) {
        return Optional.ofNullable(nodes.get(path));
    }

    public synchronized void write(String path, String value) {
        for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
            nodes.putIfAbsent(path.substring(0, slash), "");
        }
        nodes.put(path, value);
        report(path);
    }

    /** Who reads a node of this path through a connection the next time is told EINVAL. */
    public synchronized void refuseOnce(String path) {
        refused = path;
    }

    private synchronized void checkRefusal(String path) throws XenstoreException {
        if (refused.equals(path)) {
            refused = "";
            throw new XenstoreException("read " + path, "EINVAL");
        }
    }

    /** All of them before anything is reported. */
    public synchronized void writeAll(Map<String, String> valuesByPath) {
        valuesByPath.forEach(nodes::put);
        valuesByPath.forEach(this::write);
    }

    public synchronized void remove(String path) {
        boolean was = nodes.remove(path) != null;
        nodes.subMap(path + "/", path + "0").clear();
        if (was) {
            for (Connection connection : connections) {
                connection.reportRemoval(path);
            }
        }
    }

    public synchronized List<String> list(String path) {
        Set<String> names = new LinkedHashSet<>();
        String prefix = path.equals("/") ? path : path + "/";
        for (String node : nodes.subMap(prefix, prefix.substring(0, prefix.length() - 1) + "0").keySet()) {
            String rest = node.substring(prefix.length());
            int slash = rest.indexOf('/');
            names.add(slash < 0 ? rest : rest.substring(0, slash));
        }
        return List.copyOf(names);
    }

    /** What was set last; empty when nothing was. */
    public synchronized List<String> permissions(String path) {
        return permissions.getOrDefault(path, List.of());
    }

    /** A domain is known to the store from now on. */
    public synchronized void introduce(int domain) {
        domains.add(domain);
        report("@introduceDomain");
    }

    /** A domain has died; its nodes stay until somebody removes them. */
    public synchronized void release(int domain) {
        domains.remove(domain);
        report("@releaseDomain");
    }

    private void report(String path) {
        for (Connection connection : connections) {
            connection.report(path);
        }
    }

    private final class Connection implements Xenstore {
        private final Set<WatchEvent> watches = new LinkedHashSet<>();
        private final Set<WatchEvent> events = new LinkedHashSet<>();
        private boolean closed;

        void report(String path) {
            for (WatchEvent watch : watches) {
                if (path.equals(watch.path()) || path.startsWith(watch.path() + "/")) {
                    add(new WatchEvent(path, watch.token()));
                }
            }
        }

        void reportRemoval(String path) {
            report(path);
            for (WatchEvent watch : watches) {
                // The store tells watches below what was removed too: of their own path.
                if (watch.path().startsWith(path + "/")) {
                    add(watch);
                }
            }
        }

        private void add(WatchEvent event) {
            events.add(event);
            FakeXenstore.this.notifyAll();
        }

        @Override
        public Optional<String> read(String path) throws XenstoreException {
            checkRefusal(path);
            return FakeXenstore.this.read(path);
        }

        @Override
        public List<String> list(String path) {
            return FakeXenstore.this.list(path);
        }

        @Override
        public void write(String path, String value) {
            FakeXenstore.this.write(path, value);
        }

        @Override
        public void writeAll(Map<String, String> valuesByPath) {
            FakeXenstore.this.writeAll(valuesByPath);
        }

        @Override
        public boolean writeAllIf(String existing, Map<String, String> valuesByPath) {
            synchronized (FakeXenstore.this) {
                boolean exists = nodes.containsKey(existing);
                if (exists) {
                    FakeXenstore.this.writeAll(valuesByPath);
                }
                return exists;
            }
        }

        @Override
        public void remove(String path) {
            FakeXenstore.this.remove(path);
        }

        @Override
        public void permit(String path, List<String> list) {
            synchronized (FakeXenstore.this) {
                permissions.put(path, List.copyOf(list));
            }
        }

        @Override
        public boolean isIntroduced(int domain) {
            synchronized (FakeXenstore.this) {
                return domains.contains(domain);
            }
        }

        @Override
        public void watch(String path, String token) {
            synchronized (FakeXenstore.this) {
                WatchEvent watch = new WatchEvent(path, token);
                watches.add(watch);
                add(watch);
            }
        }

        @Override
        public void unwatch(String path, String token) {
            synchronized (FakeXenstore.this) {
                watches.remove(new WatchEvent(path, token));
            }
        }

        @Override
        public Optional<WatchEvent> awaitEvent() throws InterruptedException {
            return awaitEvent(Duration.ofDays(1));
        }

        @Override
        public Optional<WatchEvent> awaitEvent(Duration atMost) throws InterruptedException {
            long end = System.nanoTime() + atMost.toNanos();
            synchronized (FakeXenstore.this) {
                for (long left = atMost.toNanos(); events.isEmpty() && !closed && left > 0;) {
                    TimeUnit.NANOSECONDS.timedWait(FakeXenstore.this, left);
                    left = end - System.nanoTime();
                }
                if (closed || events.isEmpty()) {
                    return Optional.empty();
                }
                WatchEvent first = events.iterator().next();
                events.remove(first);
                return Optional.of(first);
            }
        }

        @Override
        public void close() {
            synchronized (FakeXenstore.this) {
                closed = true;
                watches.clear();
                connections.remove(this);
                FakeXenstore.this.notifyAll();
            }
        }
    }
}
