package dev.isthmus.bench.blk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class GoalTest {
    private static List<Boolean> judge(String cell, Figures ours, Figures peers) {
        return Goal.judge(Results.of(Results.cell(cell), ours, peers)).stream().map(Goal.Verdict::met).toList();
    }

    @Test
    void boundItselfIsEnough() {
        assertThat(judge("null-randread-4k-d32-poll", Results.figures(200, 1, 0.5), Results.figures(100, 1, 1)))
                .containsExactly(true, true, true);
    }

    @Test
    void everyGoalOfACellIsJudgedForItself() {
        assertThat(judge("null-randread-4k-d32-poll", Results.figures(199, 1, 0.5), Results.figures(100, 1, 1)))
                .containsExactly(false, true, true);
        assertThat(judge("null-randread-4k-d32-poll", Results.figures(200, 1, 0.51), Results.figures(100, 1, 1)))
                .containsExactly(true, false, true);
        assertThat(judge("null-randread-4k-d1-poll", Results.figures(80, 51, 1), Results.figures(100, 100, 1)))
                .containsExactly(false, false);
    }

    @Test
    void cellThatNoGoalNamesMayBeATenthSlower() {
        assertThat(judge("null-seqread-128k-d1-poll", Results.figures(90, 9, 9), Results.figures(100, 1, 1)))
                .containsExactly(true);
        assertThat(judge("null-seqread-128k-d1-poll", Results.figures(89, 9, 9), Results.figures(100, 1, 1)))
                .containsExactly(false);
    }

    @Test
    void thinDiskMayReadSlowerAndNotWriteSlower() {
        var slower = Results.figures(85, 1, 1);
        var peer = Results.figures(100, 1, 1);

        assertThat(Cell.ofVolumes()).extracting(cell -> Goal.judge(Results.of(cell, slower, peer)).stream().map(
                Goal.Verdict::met).toList()).containsExactly(List.of(false), List.of(true), List.of(false), List.of(
                        false), List.of(true));
    }

    @Test
    void ratioThatIsNoNumberMeetsNothing() {
        assertThat(judge("null-randread-4k-d1-poll", Results.figures(0, 0, 0), Results.figures(0, 0, 0)))
                .containsExactly(false, false);
    }

    @Test
    void goalsNameTheseCells() {
        assertThat(Cell.all().stream().filter(Goal::names).map(Cell::name)).containsExactlyInAnyOrder(
                "null-randread-4k-d1-poll", "null-randread-4k-d1-event",
                "null-randread-4k-d32-poll", "null-randread-4k-d32-event",
                "tmpfs-randread-4k-d32-poll", "tmpfs-randread-4k-d32-event",
                "direct-randread-4k-d1-poll", "direct-randread-4k-d1-event",
                "direct-randread-4k-d32-poll", "direct-randread-4k-d32-event",
                "direct-randread-4k-4x32-poll", "direct-randread-4k-4x32-event",
                "direct-randwrite-4k-d1-poll", "direct-randwrite-4k-d1-event",
                "direct-randwrite-4k-d32-poll", "direct-randwrite-4k-d32-event",
                "direct-randwrite-4k-4x32-poll", "direct-randwrite-4k-4x32-event");
    }

    @Test
    void verdictIsALineThatSaysAll() {
        CellResult result = Results.of(Results.cell("null-randread-4k-d32-poll"));

        assertThat(Goal.judge(result).getFirst())
                .hasToString("PASS  null-randread-4k-d32-poll    iops ratio 2.00, at least 2.0");
    }
}
