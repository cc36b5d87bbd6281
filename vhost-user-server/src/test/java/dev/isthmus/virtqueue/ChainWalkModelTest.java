package dev.isthmus.virtqueue;

import static dev.isthmus.virtqueue.FakeDriver.INDIRECT;
import static dev.isthmus.virtqueue.FakeDriver.NEXT;
import static dev.isthmus.virtqueue.FakeDriver.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Every descriptor table of two entries over small domains of each field, beside an oracle that is written from the
 * text of virtio 1.3, 2.7.4 and 2.7.5 and knows nothing of the walk. That the walk ends is shown by this test's ending.
 *
 * <p>Both entries may refer to the same indirect table, whose two entries have their own small domain.
 */
class ChainWalkModelTest {
    private static final int[] NEXTS = {0, 1, 2, 65535};
    private static final long NOWHERE = 0x4000_0000L;
    private static final long TABLE = GuestRam.LOW + 0x100;
    private static final long BUFFER = GuestRam.LOW + 0x200;
    /** Address and length of a descriptor: a good buffer, an empty one, one outside, a table where one is meant. */
    private static final long[][] TARGETS = {{BUFFER, 8}, {BUFFER, 0}, {NOWHERE, 8}, {TABLE, 32}, {TABLE, 40},
        {GuestRam.BORDER - 4, 8}};

    private record Desc(long addr, long len, int flags, int next) {
        boolean has(int flag) {
            return (flags & flag) != 0;
        }
    }

    /** What the text says of a chain: the rules it breaks first, in the order in which descriptors are followed. */
    private record Verdict(ChainFault fault, long readable, long writable) {}

    private final Set<ChainFault> seen = EnumSet.noneOf(ChainFault.class);

    @Test
    void everyTableOfTwoDescriptorsIsJudgedAsTheTextSays() {
        List<Desc> domain = domain(TARGETS, 8);
        List<List<Desc>> inner = innerTables();
        int wrong = 0;
        try (FakeDriver guest = FakeDriver.withQueueSize(2); SplitVirtqueue queue = guest.start(
                FakeDriver.WITH_INDIRECT)) {
            long round = 0;
            for (Desc first : domain) {
                for (Desc second : domain) {
                    List<Desc> indirect = inner.get((int) (round % inner.size()));
                    wrong += isJudgedWrong(guest, queue, List.of(first, second), indirect, true) ? 1 : 0;
                    round++;
                }
            }
            // The other way round: every inner table under one descriptor that refers to it.
            List<Desc> outer = List.of(new Desc(TABLE, 32, INDIRECT, 0), new Desc(BUFFER, 8, 0, 0));
            List<Desc> longer = List.of(new Desc(BUFFER, 8, NEXT | WRITE, 1), new Desc(TABLE, 32, INDIRECT, 0));
            for (List<Desc> table : inner) {
                wrong += isJudgedWrong(guest, queue, outer, table, true) ? 1 : 0;
                wrong += isJudgedWrong(guest, queue, longer, table, true) ? 1 : 0;
            }
        }
        assertThat(wrong).isZero();
        assertThat(seen).contains(ChainFault.NONE, ChainFault.NEXT_OUT_OF_RANGE, ChainFault.TOO_LONG,
                ChainFault.BUFFER_NOT_MAPPED, ChainFault.READABLE_AFTER_WRITABLE, ChainFault.INDIRECT_INSIDE_INDIRECT,
                ChainFault.INDIRECT_WITH_NEXT, ChainFault.INDIRECT_TABLE_LENGTH);
    }

    @Test
    void withoutTheFeatureEveryIndirectDescriptorThatIsReachedIsAFault() {
        List<Desc> domain = domain(new long[][] {{BUFFER, 8}, {TABLE, 32}}, 8);
        int wrong = 0;
        try (FakeDriver guest = FakeDriver.withQueueSize(2); SplitVirtqueue queue = guest.start(
                FakeDriver.WITH_NOTHING)) {
            for (Desc first : domain) {
                for (Desc second : domain) {
                    wrong += isJudgedWrong(guest, queue, List.of(first, second), List.of(second, first), false) ? 1
                            : 0;
                }
            }
        }
        assertThat(wrong).isZero();
        assertThat(seen).contains(ChainFault.INDIRECT_NOT_NEGOTIATED);
    }

    private static List<Desc> domain(long[][] targets, int flagSets) {
        List<Desc> all = new ArrayList<>();
        for (long[] target : targets) {
            for (int flags = 0; flags < flagSets; flags++) {
                for (int next : NEXTS) {
                    all.add(new Desc(target[0], target[1], flags, next));
                }
            }
        }
        return all;
    }

    private static List<List<Desc>> innerTables() {
        List<Desc> entries = domain(new long[][] {{BUFFER, 8}, {NOWHERE, 8}}, 8);
        List<List<Desc>> tables = new ArrayList<>();
        for (Desc first : entries) {
            for (Desc second : entries) {
                tables.add(List.of(first, second));
            }
        }
        return tables;
    }

    private boolean isJudgedWrong(FakeDriver guest, SplitVirtqueue queue, List<Desc> table, List<Desc> indirect,
            boolean negotiated) {
        for (int i = 0; i < 2; i++) {
            Desc d = table.get(i);
            guest.descriptor(i, d.addr(), d.len(), d.flags(), d.next());
            d = indirect.get(i);
            guest.descriptorAt(TABLE + 16L * i, d.addr(), d.len(), d.flags(), d.next());
        }
        guest.makeAvailable(0);
        int head = queue.poll();
        DescriptorChain chain = queue.chain(head);
        Verdict expected = judge(table, indirect, negotiated);
        seen.add(expected.fault());
        boolean wrong = chain.fault() != expected.fault();
        if (!wrong && chain.fault() == ChainFault.NONE) {
            wrong = chain.readableBytes() != expected.readable() || chain.writableBytes() != expected.writable()
                    || leavesGuestMemory(chain, guest);
        }
        queue.addUsed(head, 0);
        queue.publish();
        return wrong;
    }

    /** Every piece of a sound chain is one of the places that descriptors may name. */
    private static boolean leavesGuestMemory(DescriptorChain chain, FakeDriver guest) {
        for (int i = 0; i < chain.count(); i++) {
            long at = chain.address(i);
            boolean known = at == guest.memory().hostAddress(BUFFER, 8) || at == guest.memory().hostAddress(TABLE, 40)
                    || at == guest.memory().hostAddress(GuestRam.BORDER - 4, 4)
                    || at == guest.memory().hostAddress(GuestRam.BORDER, 4);
            if (!known) {
                return true;
            }
        }
        return false;
    }

    private static Verdict judge(List<Desc> table, List<Desc> indirect, boolean negotiated) {
        List<Desc> followed = new ArrayList<>();
        ChainFault shape = follow(table, indirect, negotiated, followed);
        ChainFault content = ChainFault.NONE;
        boolean writableSeen = false;
        long readable = 0;
        long writable = 0;
        for (Desc d : followed) {
            ChainFault fault = !d.has(WRITE) && writableSeen ? ChainFault.READABLE_AFTER_WRITABLE
                    : d.addr() == NOWHERE ? ChainFault.BUFFER_NOT_MAPPED : ChainFault.NONE;
            content = content == ChainFault.NONE ? fault : content;
            writableSeen |= d.has(WRITE);
            readable += d.has(WRITE) ? 0 : d.len();
            writable += d.has(WRITE) ? d.len() : 0;
        }
        return new Verdict(content == ChainFault.NONE ? shape : content, readable, writable);
    }

    /** The descriptors of buffers in order, up to where a rule about the shape of chains is broken. */
    private static ChainFault follow(List<Desc> table, List<Desc> indirect, boolean negotiated, List<Desc> followed) {
        List<Desc> present = table;
        boolean inside = false;
        int index = 0;
        int steps = 0;
        while (true) {
            if (steps == 2) { // 2.7.5.3.1, 2.7.5.2: longer than its table, so it has a loop
                return ChainFault.TOO_LONG;
            }
            Desc d = present.get(index);
            steps++;
            if (d.has(INDIRECT)) {
                ChainFault fault = indirectRule(d, inside, negotiated);
                if (fault != ChainFault.NONE) {
                    return fault;
                }
                present = indirect;
                inside = true;
                index = 0;
                steps = 0;
                continue;
            }
            followed.add(d);
            if (!d.has(NEXT)) {
                return ChainFault.NONE;
            }
            if (d.next() > 1) {
                return ChainFault.NEXT_OUT_OF_RANGE;
            }
            index = d.next();
        }
    }

    private static ChainFault indirectRule(Desc d, boolean inside, boolean negotiated) {
        if (!negotiated) {
            return ChainFault.INDIRECT_NOT_NEGOTIATED;
        }
        if (inside) {
            return ChainFault.INDIRECT_INSIDE_INDIRECT;
        }
        if (d.has(NEXT)) {
            return ChainFault.INDIRECT_WITH_NEXT;
        }
        if (d.len() == 0 || d.len() % 16 != 0) {
            return ChainFault.INDIRECT_TABLE_LENGTH;
        }
        return d.addr() == NOWHERE ? ChainFault.BUFFER_NOT_MAPPED : ChainFault.NONE;
    }
}
