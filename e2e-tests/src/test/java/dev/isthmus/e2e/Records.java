package dev.isthmus.e2e;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Numbered records, an oracle that is neither fio nor ours: two writers in the guest write one block after the other,
 * wait each time until it is durable, and only then say so to the host ({@link RecordLog}) and write it down in the
 * guest's memory. Whoever holds the image afterwards can tell which records it must have.
 *
 * <pre>
 *   slot 0        slot 1        ...  slot 63           a block of 4096 bytes each; record N goes to slot N % 64
 *   ├ record 1000064 slot 1000 ......................................   64 lines of 64 bytes, all alike
 * </pre>
 *
 * <p>What a block has to hold follows from its number alone; a torn block has lines of different numbers; a write that
 * is done again after a later one has an old number.
 */
final class Records {

    static final int SLOTS = 64;
    static final int BLOCK_BYTES = 4096;
    static final int REGION_BYTES = SLOTS * BLOCK_BYTES;

    private static final int LINE_BYTES = 64;
    private static final Pattern LINE = Pattern.compile("record ([0-9]{7}) slot ([0-9]{4}) \\.{38}\n");

    /** Slots are written with a thousand added, so that all have four digits. */
    private static final int SLOT_DIGITS = 1000;

    /** The name of the port over which the writers speak. */
    static final String PORT = "org.isthmus.records";

    /**
     * Makes descriptor 4 the port, and defines {@code records NUMBER}, a writer of every second record. One that fails
     * says why and ends.
     */
    private static final String WRITER = """
            for name in /sys/class/virtio-ports/*; do
              if test "$(cat $name/name)" = %s; then exec 4> /dev/${name##*/}; fi
            done
            records() {
              n=$((1000000 + $1))
              until test -e /tmp/records.stop; do
                while test -e /tmp/records.pause; do touch /tmp/records.paused.$1; sleep 0.05; done
                slot=$((n %% %d))
                text="record $n slot $((%d + slot)) ......................................
            "
                text=$text$text; text=$text$text; text=$text$text; text=$text$text; text=$text$text; text=$text$text
                seek=$((%d + slot))
                if { printf %%s "$text" | %s; } 2> /tmp/records.error.$1; then
                  echo $n >&4
                  echo $n >> /tmp/records
                else
                  echo "failed $n: $(grep dd: /tmp/records.error.$1)" >&4
                  break
                fi
                n=$((n + 2))
              done
              touch /tmp/records.done.$1
            }
            """;

    static final String PAUSE = """
            rm -f /tmp/records.paused.*
            touch /tmp/records.pause
            until test -e /tmp/records.paused.0 && test -e /tmp/records.paused.1; do sleep 0.05; done
            """;

    static final String RESUME = "rm /tmp/records.pause\n";

    static final String STOP = """
            touch /tmp/records.stop
            until test -e /tmp/records.done.0 && test -e /tmp/records.done.1; do sleep 0.05; done
            """;

    private Records() {
    }

    /**
     * Starts the writers, in the background. Any other work of the same script may end them all by a line to
     * descriptor 4, which is taken for a failure.
     *
     * @param target a device or a file of the guest
     * @param firstBlock where in it slot 0 is, in blocks
     * @param flags of dd, such as {@code oflag=direct}
     */
    static String start(String target, long firstBlock, String flags) {
        return start("dd of=%s bs=%d count=1 seek=$seek iflag=fullblock conv=notrunc,fsync %s".formatted(target,
                BLOCK_BYTES, flags), firstBlock);
    }

    /** @param store a command that makes its input, record $n, durable as block $seek, or fails; $text is the same */
    static String start(String store, long firstBlock) {
        return WRITER.formatted(PORT, SLOTS, SLOT_DIGITS, firstBlock, store) + "records 0 &\nrecords 1 &\n";
    }

    /** The guest's own look, after {@link #STOP}: each slot holds what it noted last, as it is read from the target. */
    static String compare(String target, long firstBlock, String flags) {
        return """
                dd if=%s bs=%d skip=%d count=%d %s of=/tmp/region 2> /dev/null
                awk 'FNR == NR { last[$1 %% %d] = $1; next }
                  { slot = int((FNR - 1) / %d) }
                  slot in last && ($2 != last[slot] || length($0) != %d) { print "line " FNR " is " $0; bad = 1 }
                  END { exit bad }' /tmp/records /tmp/region
                """.formatted(target, BLOCK_BYTES, firstBlock, SLOTS, flags, SLOTS, BLOCK_BYTES / LINE_BYTES,
                LINE_BYTES - 1);
    }

    /**
     * What is wrong with the slots; empty if nothing is.
     *
     * @param region the bytes of all slots
     * @param newest by slot, the newest record that is known to be durable; 0 if there is none
     * @param finished whether no later record was begun: then a slot holds just the newest
     */
    static List<String> problems(byte[] region, int[] newest, boolean finished) {
        List<String> problems = new ArrayList<>();
        for (int slot = 0; slot < SLOTS; slot++) {
            for (int at = slot * BLOCK_BYTES; newest[slot] != 0 && at < (slot + 1) * BLOCK_BYTES; at += LINE_BYTES) {
                String line = new String(region, at, LINE_BYTES, StandardCharsets.ISO_8859_1);
                if (!isRight(line, slot, newest[slot], finished)) {
                    problems.add("slot %d must hold record %d%s and has, at byte %d: %s".formatted(slot, newest[slot],
                            finished ? "" : " or a later one", at, printable(line)));
                    break;
                }
            }
        }
        return problems;
    }

    /** Whether a block is this record. */
    static boolean isWhole(byte[] block, int number) {
        String line = "record %d slot %d %s%n".formatted(number, SLOT_DIGITS + number % SLOTS, ".".repeat(38));
        return new String(block, StandardCharsets.ISO_8859_1).equals(line.repeat(BLOCK_BYTES / LINE_BYTES));
    }

    private static boolean isRight(String line, int slot, int newest, boolean finished) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches() || Integer.parseInt(matcher.group(2)) != SLOT_DIGITS + slot) {
            return false;
        }
        int number = Integer.parseInt(matcher.group(1));
        return number % SLOTS == slot && (finished ? number == newest : number >= newest);
    }

    private static String printable(String line) {
        return line.strip().replaceAll("[^ -~]", "?");
    }
}
