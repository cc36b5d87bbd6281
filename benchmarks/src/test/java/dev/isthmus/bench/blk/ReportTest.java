package dev.isthmus.bench.blk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReportTest {
    private static final String NAME = "null-randread-4k-d32-poll";
    private final CellResult result = Results.of(Results.cell(NAME));

    @Test
    void jsonIsAnArrayOfCases() {
        JsonNode cases = JsonMapper.shared().readTree(Report.json(List.of(result, result)));

        assertThat(cases.isArray()).isTrue();
        assertThat(cases).hasSize(2);
        JsonNode first = cases.get(0);
        assertThat(first.get("case").stringValue()).isEqualTo(NAME);
        for (String side : List.of("ours", "peer", "ratio")) {
            for (String key : List.of("iops", "p50_us", "p99_us", "p999_us", "cpu_us_per_io", "memory_mb")) {
                assertThat(first.get(side).get(key).isNumber()).as(side + "." + key).isTrue();
            }
        }
        assertThat(first.get("ours").get("iops").doubleValue()).isEqualTo(200);
        assertThat(first.get("ratio").get("iops").doubleValue()).isEqualTo(2);
        assertThat(first.get("ratio").get("memory_mb").doubleValue()).isEqualTo(2);
        assertThat(first.get("spread").get("iops").get("most").doubleValue()).isEqualTo(4);
        assertThat(first.get("goals").get(0).get("at_least").doubleValue()).isEqualTo(2);
        assertThat(first.get("goals").get(0).get("met").booleanValue()).isTrue();
    }

    @Test
    void spaceIsThatOfDisksOfTheMachineAlone() {
        var thin = new CellResult(result.cell(), result.ours(), result.peers(), 1024, 1024, Map.of(Side.OURS, 30.0,
                Side.PEER, 20.0));

        JsonNode cases = JsonMapper.shared().readTree(Report.json(List.of(result, thin)));

        assertThat(cases.get(0).get("ours").has("space_mb")).isFalse();
        assertThat(cases.get(1).get("ours").get("space_mb").doubleValue()).isEqualTo(30);
        assertThat(Report.table(List.of(thin)).lines().filter(line -> line.contains(" ratio ")).findFirst())
                .hasValueSatisfying(line -> assertThat(line).endsWith("1.50"));
    }

    @Test
    void whatIsNoNumberIsNull() {
        CellResult nothing = Results.of(Results.cell(NAME), Results.figures(0, 0, 0), Results.figures(0, 0, 0));

        JsonNode cases = JsonMapper.shared().readTree(Report.json(List.of(nothing)));

        assertThat(cases.get(0).get("ratio").get("iops").isNull()).isTrue();
    }

    @Test
    void tableHasBothSidesTheirRatioAndItsSpread() {
        String table = Report.table(List.of(result));

        assertThat(table.lines().map(line -> Stream.of(line.split(" +", -1)).limit(3).toList())).containsExactly(
                List.of("case", "IOPS", "p50"), List.of(NAME, "ours", "200"), List.of("", "peer", "100"),
                List.of("", "ratio", "2.00"), List.of("", "spread", "1.00..4.00"));
    }
}
