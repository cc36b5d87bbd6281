package dev.isthmus.xen;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The store itself, by its socket where xenstored runs, by the kernel's device elsewhere. */
public final class XenstoreConnection implements Xenstore {
    /** Says where xenstored listens, if somewhere else: Xen's own tools heed it too. */
    private static final String SOCKET_VARIABLE = "XENSTORED_PATH";

    /** Where xenstored of Xen 4.17 and 4.20 listens; /var/run is the same directory on every system it runs on. */
    private static final String SOCKET = "/run/xenstored/socket";
    private static final String DEVICE = "/dev/xen/xenbus";

    /** How often writes begin again because others wrote as well, before it is an error. */
    private static final int TRANSACTIONS_MAX = 1000;

    private static final int NO_TRANSACTION = 0;

    private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

    private final XenstoreWire wire;

    private XenstoreConnection(XenstoreTransport transport) {
        this.wire = XenstoreWire.over(transport);
    }

    /** Connects to this machine's store. */
    public static XenstoreConnection open() throws IOException {
        String elsewhere = System.getenv(SOCKET_VARIABLE);
        if (elsewhere != null) {
            return connect(Path.of(elsewhere));
        }
        return Files.exists(Path.of(SOCKET))
                ? connect(Path.of(SOCKET))
                : new XenstoreConnection(DeviceTransport.open(DEVICE));
    }

    static XenstoreConnection connect(Path socket) throws IOException {
        return new XenstoreConnection(SocketTransport.connect(socket.toString()));
    }

    @Override
    public Optional<String> read(String path) throws IOException {
        return read(NO_TRANSACTION, path);
    }

    private Optional<String> read(int transaction, String path) throws IOException {
        XenstoreMessage answer = ask(XenstoreOperation.READ, transaction, bytes(path));
        if (isError(answer, "ENOENT")) {
            return Optional.empty();
        }
        check(answer, "read " + path);
        return Optional.of(new String(answer.payload(), StandardCharsets.UTF_8));
    }

    @Override
    public List<String> list(String path) throws IOException {
        XenstoreMessage answer = ask(XenstoreOperation.DIRECTORY, NO_TRANSACTION, bytes(path));
        if (isError(answer, "ENOENT")) {
            return List.of();
        }
        if (isError(answer, "E2BIG")) {
            return listInParts(path);
        }
        check(answer, "list " + path);
        return answer.strings();
    }

    /**
     * For more names than one answer holds: asks for the bytes of the list from an offset on. An answer is the number
     * of changes the node has seen, then names, and an empty one at the very end.
     */
    private List<String> listInParts(String path) throws IOException {
        List<String> names = new ArrayList<>();
        String generation = "";
        int offset = 0;
        while (true) {
            XenstoreMessage answer = ask(XenstoreOperation.DIRECTORY_PART, NO_TRANSACTION,
                    bytes(path, Integer.toString(offset)));
            check(answer, "list " + path);
            List<String> strings = answer.strings();
            if (strings.isEmpty()) {
                throw new IOException("list " + path + ": an answer without a generation");
            }
            if (offset > 0 && !strings.getFirst().equals(generation)) {
                names.clear();
                offset = 0;
                continue;
            }
            generation = strings.getFirst();
            for (String name : strings.subList(1, strings.size())) {
                if (name.isEmpty()) {
                    return names;
                }
                names.add(name);
                offset += name.getBytes(StandardCharsets.UTF_8).length + 1;
            }
            if (strings.size() == 1) {
                return names;
            }
        }
    }

    @Override
    public void write(String path, String value) throws IOException {
        write(NO_TRANSACTION, path, value);
    }

    private void write(int transaction, String path, String value) throws IOException {
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        payload.writeBytes(bytes(path));
        payload.writeBytes(value.getBytes(StandardCharsets.UTF_8));
        check(ask(XenstoreOperation.WRITE, transaction, payload.toByteArray()), "write " + path);
    }

    @Override
    public void writeAll(Map<String, String> valuesByPath) throws IOException {
        transact(null, valuesByPath);
    }

    @Override
    public boolean writeAllIf(String existing, Map<String, String> valuesByPath) throws IOException {
        return transact(existing, valuesByPath);
    }

    private boolean transact(@Nullable String existing, Map<String, String> valuesByPath) throws IOException {
        for (int i = 0; i < TRANSACTIONS_MAX; i++) {
            XenstoreMessage started = ask(XenstoreOperation.TRANSACTION_START, NO_TRANSACTION, bytes(""));
            check(started, "begin a transaction");
            int transaction = Integer.parseUnsignedInt(started.text());
            boolean exists;
            try {
                exists = existing == null || read(transaction, existing).isPresent();
                if (exists) {
                    for (Map.Entry<String, String> value : valuesByPath.entrySet()) {
                        write(transaction, value.getKey(), value.getValue());
                    }
                }
            } catch (XenstoreException e) {
                end(transaction, "F");
                throw e;
            }
            XenstoreMessage ended = end(transaction, exists ? "T" : "F");
            if (!isError(ended, "EAGAIN")) {
                check(ended, "end a transaction");
                return exists;
            }
        }
        throw new XenstoreException("write " + valuesByPath.keySet(), "EAGAIN");
    }

    private XenstoreMessage end(int transaction, String how) throws IOException {
        return ask(XenstoreOperation.TRANSACTION_END, transaction, bytes(how));
    }

    @Override
    public void remove(String path) throws IOException {
        XenstoreMessage answer = ask(XenstoreOperation.REMOVE, NO_TRANSACTION, bytes(path));
        if (!isError(answer, "ENOENT")) {
            check(answer, "remove " + path);
        }
    }

    @Override
    public void permit(String path, List<String> permissions) throws IOException {
        List<String> strings = new ArrayList<>(permissions);
        strings.addFirst(path);
        XenstoreMessage answer = ask(XenstoreOperation.SET_PERMISSIONS, NO_TRANSACTION,
                bytes(strings.toArray(String[]::new)));
        check(answer, "set permissions " + permissions + " of " + path);
    }

    @Override
    public boolean isIntroduced(int domain) throws IOException {
        XenstoreMessage answer = ask(XenstoreOperation.IS_DOMAIN_INTRODUCED, NO_TRANSACTION,
                bytes(Integer.toString(domain)));
        check(answer, "ask for domain " + domain);
        return answer.text().equals("T");
    }

    @Override
    public void watch(String path, String token) throws IOException {
        check(ask(XenstoreOperation.WATCH, NO_TRANSACTION, bytes(path, token)), "watch " + path);
    }

    @Override
    public void unwatch(String path, String token) throws IOException {
        XenstoreMessage answer = ask(XenstoreOperation.UNWATCH, NO_TRANSACTION, bytes(path, token));
        if (!isError(answer, "ENOENT")) {
            check(answer, "unwatch " + path);
        }
    }

    @Override
    public Optional<WatchEvent> awaitEvent() throws InterruptedException {
        return wire.awaitEvent(FOREVER);
    }

    @Override
    public Optional<WatchEvent> awaitEvent(Duration atMost) throws InterruptedException {
        return wire.awaitEvent(atMost);
    }

    @Override
    public void close() {
        wire.close();
    }

    private XenstoreMessage ask(XenstoreOperation operation, int transaction, byte[] payload) throws IOException {
        return wire.call(operation.number, transaction, payload);
    }

    private static boolean isError(XenstoreMessage answer, String error) {
        return answer.type() == XenstoreOperation.ERROR && answer.text().equals(error);
    }

    private static void check(XenstoreMessage answer, String what) throws XenstoreException {
        if (answer.type() == XenstoreOperation.ERROR) {
            throw new XenstoreException(what, answer.text());
        }
    }

    /** Strings with a zero after each. */
    private static byte[] bytes(String... strings) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String string : strings) {
            bytes.writeBytes(string.getBytes(StandardCharsets.UTF_8));
            bytes.write(0);
        }
        return bytes.toByteArray();
    }
}
