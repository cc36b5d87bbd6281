package dev.isthmus.xen;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A xenstored that speaks the protocol over its socket, to one connection. Numbers are those of {@code xs_wire.h},
 * written down a second time.
 */
public final class FakeXenstored implements AutoCloseable {
    final Map<String, String> nodes = new TreeMap<>();
    final Map<String, String> permissions = new TreeMap<>();
    final List<String> watches = new CopyOnWriteArrayList<>();
    /** So many transactions fail at their end. */
    int conflicts;
    /** Names in one answer at most; a longer list has to be asked for in parts. */
    int namesAtOnce = 1000;
    /** The list changes once while it is read in parts. */
    boolean changesWhileListed;
    /** Answers every request with this error. */
    String error;

    private final ServerSocketChannel listener;
    private final Thread thread;
    private SocketChannel connection;
    private final Map<String, String> transaction = new TreeMap<>();
    private int generation = 1;

    /** Listens from now on. */
    public FakeXenstored(Path socket) throws IOException {
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(socket));
        thread = Thread.ofPlatform().daemon().name("fake-xenstored").start(this::serve);
    }

    /** Whether somebody watches a path. Any thread. */
    public boolean isWatched(String path) {
        return watches.stream().anyMatch(watch -> watch.startsWith(path + " "));
    }

    private void serve() {
        try {
            connection = listener.accept();
            DataInputStream in = new DataInputStream(Channels.newInputStream(connection));
            byte[] header = new byte[16];
            while (true) {
                in.readFully(header);
                ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
                int type = fields.getInt();
                int id = fields.getInt();
                int tx = fields.getInt();
                byte[] payload = new byte[fields.getInt()];
                in.readFully(payload);
                answer(type, id, tx, payload);
            }
        } catch (EOFException e) {
            // the other end has closed
        } catch (IOException e) {
            // so have we
        }
    }

    private void answer(int type, int id, int tx, byte[] payload) throws IOException {
        String[] strings = new String(payload, StandardCharsets.UTF_8).split("\0", -1);
        String path = strings[0];
        Map<String, String> tree = tx == 0 ? nodes : transaction;
        if (error != null) {
            send(16, id, error + "\0");
            return;
        }
        switch (type) {
            case 1 -> list(id, path);
            case 2 -> found(type, id, tree.get(path));
            case 4 -> {
                watches.add(path + " " + strings[1]);
                send(type, id, "OK\0");
                event(path, strings[1]);
            }
            case 5 -> found(type, id, watches.remove(path + " " + strings[1]) ? "OK\0" : null);
            case 6 -> {
                transaction.clear();
                transaction.putAll(nodes);
                send(type, id, "17\0");
            }
            case 7 -> end(id, path.equals("T"));
            case 11 -> {
                tree.put(path, strings[1]);
                send(type, id, "OK\0");
            }
            case 13 -> found(type, id, nodes.remove(path) == null ? null : "OK\0");
            case 14 -> {
                permissions.put(path, String.join(",", List.of(strings).subList(1, strings.length - 1)));
                send(type, id, "OK\0");
            }
            case 17 -> send(type, id, path.equals("5") ? "T\0" : "F\0");
            case 22 -> part(id, path, Integer.parseInt(strings[1]));
            default -> send(16, id, "ENOSYS\0");
        }
    }

    /** An answer, or ENOENT. */
    private void found(int type, int id, String text) throws IOException {
        send(text == null ? 16 : type, id, text == null ? "ENOENT\0" : text);
    }

    private void end(int id, boolean commits) throws IOException {
        if (commits && conflicts > 0) {
            conflicts--;
            send(16, id, "EAGAIN\0");
            return;
        }
        if (commits) {
            nodes.putAll(transaction);
        }
        send(7, id, "OK\0");
    }

    private List<String> names(String path) {
        return nodes.keySet().stream().filter(node -> node.startsWith(path + "/"))
                .map(node -> node.substring(path.length() + 1)).toList();
    }

    private void list(int id, String path) throws IOException {
        List<String> names = names(path);
        if (names.size() > namesAtOnce) {
            send(16, id, "E2BIG\0");
        } else {
            found(1, id, nodes.containsKey(path) ? String.join("\0", names) + (names.isEmpty() ? "" : "\0") : null);
        }
    }

    private void part(int id, String path, int offset) throws IOException {
        if (changesWhileListed && offset > 0) {
            changesWhileListed = false;
            generation++;
            nodes.put(path + "/new", "");
        }
        StringBuilder answer = new StringBuilder(generation + "\0");
        int at = 0;
        int sent = 0;
        List<String> names = names(path);
        for (String name : names) {
            if (at >= offset && sent < namesAtOnce) {
                answer.append(name).append('\0');
                sent++;
            }
            at += name.length() + 1;
        }
        if (names.isEmpty() || answer.toString().endsWith(names.getLast() + "\0")) {
            answer.append('\0');
        }
        send(22, id, answer.toString());
    }

    /** Tells of a change. */
    void event(String path, String token) throws IOException {
        send(15, 0, path + "\0" + token + "\0");
    }

    private void send(int type, int id, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer message = ByteBuffer.allocate(16 + bytes.length).order(ByteOrder.LITTLE_ENDIAN);
        message.putInt(type).putInt(id).putInt(0).putInt(bytes.length).put(bytes).flip();
        synchronized (this) {
            while (message.hasRemaining()) {
                connection.write(message);
            }
        }
    }

    /** Something no store sends. */
    void sendRaw(byte... bytes) throws IOException {
        connection.write(ByteBuffer.wrap(bytes));
    }

    /** The store is gone. */
    @Override
    public void close() throws IOException {
        listener.close();
        if (connection != null) {
            connection.close();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
