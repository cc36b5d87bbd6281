package dev.isthmus.vhostuser;

import dev.isthmus.linux.OwnedFd;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * A socket that gives its pieces one at a time, each with its descriptors, and then ends. A piece that is larger
 * than what was asked for is given in part, its descriptors with the first part, as Linux does.
 */
final class ScriptedSource implements MessageReader.Source {
    private record Piece(byte[] bytes, List<OwnedFd> fds) {}

    private final Deque<Piece> pieces = new ArrayDeque<>();

    void add(byte[] bytes, List<OwnedFd> fds) {
        pieces.add(new Piece(bytes, new ArrayList<>(fds)));
    }

    @Override
    public int receive(byte[] buffer, int offset, int length, List<OwnedFd> fds) {
        Piece piece = pieces.poll();
        if (piece == null) {
            return 0;
        }
        int given = Math.min(length, piece.bytes().length);
        System.arraycopy(piece.bytes(), 0, buffer, offset, given);
        fds.addAll(piece.fds());
        if (given < piece.bytes().length) {
            pieces.addFirst(new Piece(Arrays.copyOfRange(piece.bytes(), given, piece.bytes().length), List.of()));
        }
        return given;
    }

    /** Closes the descriptors nobody has received. */
    void closeRest() {
        pieces.forEach(piece -> piece.fds().forEach(OwnedFd::close));
    }
}
