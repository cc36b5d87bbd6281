package dev.isthmus.bench.blk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class NeighbourResultTest {
    private static NeighbourResult result(double... hung) {
        return new NeighbourResult("epoll", List.of(100.0, 200.0, 400.0), List.of(hung[0], hung[1], hung[2]),
                List.of(0.001));
    }

    @Test
    void whatIsKeptIsTheMedianOfRoundsAndNotOfIops() {
        assertThat(result(50, 190, 800).kept()).isCloseTo(0.95, within(1e-9));
    }

    @Test
    void ninetyFivePercentAreEnough() {
        assertThat(result(95, 190, 380).isMet()).isTrue();
        assertThat(result(100, 189, 379).isMet()).isFalse();
    }

    @Test
    void tableAndJsonHaveALineForEachTransport() {
        List<NeighbourResult> results = List.of(result(100, 200, 400));

        assertThat(NeighbourResult.table(results)).contains("epoll", "1.000");
        assertThat(JsonMapper.shared().readTree(NeighbourResult.json(results)).get(0).get("kept").doubleValue())
                .isEqualTo(1);
    }
}
