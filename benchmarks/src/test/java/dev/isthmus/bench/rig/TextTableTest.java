package dev.isthmus.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TextTableTest {
    @Test
    void columnsAreAsWideAsWhatIsInThem() {
        var table = new TextTable(1, List.of("case", "IOPS", "us"));
        table.row(List.of("null-d1", "1.96M", "0.72"));
        table.row(List.of());
        table.row(List.of("x", "5"));

        assertThat(table).hasToString("""
                case      IOPS    us
                null-d1  1.96M  0.72

                x            5
                """);
    }
}
