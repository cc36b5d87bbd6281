package dev.isthmus.bench.blk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.isthmus.bench.blk.SpreadLoad.Outcome;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ScaleResultTest {
    private static ScaleResult result(Spread spread, double ours, double peers) {
        return new ScaleResult(spread, Map.of(
                Side.OURS, List.of(new Outcome(100, ours), new Outcome(300, 9), new Outcome(200, 0)),
                Side.PEER, List.of(new Outcome(100, peers))), Map.of(Side.OURS, 2048L, Side.PEER, 1024L));
    }

    private static Spread many(boolean bounded) {
        return new Spread("16-devices", 16, 1, 32, bounded);
    }

    private final ScaleResult one = result(new Spread("1-device", 1, 1, 32, false), 1.0, 2.0);

    @Test
    void everyDeviceHasTheLoadOfTheSingleOneOrTheyShareIt() {
        assertThat(Spread.all(32)).extracting(spread -> spread.devices() * spread.queues() * spread.depth())
                .containsExactly(32, 4 * 32, 16 * 32, 32, 32, 32, 32);
    }

    @Test
    void somethingIsAlwaysInFlight() {
        assertThat(Spread.all(1)).allMatch(spread -> spread.depth() == 1);
    }

    @Test
    void growthIsOfTheMedianOfTheFirst() {
        ScaleResult many = result(many(true), 1.3, 8.0);

        assertThat(many.growth(Side.OURS, one)).isCloseTo(1.3, within(1e-9));
        assertThat(many.growth(Side.PEER, one)).isEqualTo(4);
        assertThat(many.iops(Side.OURS)).isEqualTo(200);
    }

    @Test
    void manyDevicesMayCostALittleMore() {
        assertThat(one.isMet(one)).isTrue();
        assertThat(result(many(true), 1.3, 8).isMet(one)).isTrue();
        assertThat(result(many(true), 1.31, 1).isMet(one)).isFalse();
        assertThat(result(many(false), 7, 1).isMet(one)).isTrue();
    }

    @Test
    void jsonIsAnArrayOfCases() {
        JsonNode cases = JsonMapper.shared().readTree(ScaleResult.json(List.of(one)));

        assertThat(cases.get(0).get("case").stringValue()).isEqualTo("1-device");
        assertThat(cases.get(0).get("ours").get("cpu_us_per_io").doubleValue()).isEqualTo(1);
        assertThat(cases.get(0).get("peer").get("memory_mb").doubleValue()).isEqualTo(1);
    }
}
