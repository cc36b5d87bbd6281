package dev.isthmus.bench.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.bench.rig.Pin;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class FlowResultTest {
    private static final FlowResult SMALL = new FlowResult(new Flow(Unit.FRAMES, true, 64),
            List.of(new Figures(4, 100), new Figures(6, 90), new Figures(5, 120)),
            List.of(new Figures(8, 50), new Figures(10, 50), new Figures(20, 50)));

    @Test
    void aCaseIsNamedByItsWayAndItsFrame() {
        assertThat(Flow.all()).extracting(Flow::name).containsExactly("tcp-g2h", "tcp-h2g", "g2h-64", "g2h-1518",
                "h2g-64", "h2g-1518");
        assertThat(SMALL.flow().matches("*-64")).isTrue();
        assertThat(SMALL.flow().matches("h2g-*")).isFalse();
    }

    @Test
    void figuresAreWhatMovedAndWhatItCost() {
        assertThat(Unit.FRAMES.figures(10, 1)).isEqualTo(new Figures(10, 100));
        assertThat(Unit.TCP.figures(4, 2)).isEqualTo(new Figures(4, 4));
    }

    @Test
    void theRatioIsThatOfTheMedians() {
        assertThat(SMALL.ratio(Metric.RATE)).isEqualTo(0.5);
        assertThat(SMALL.ratio(Metric.COST)).isEqualTo(2.0);
        assertThat(SMALL.roundRatios(Metric.RATE).getMin()).isEqualTo(0.25);
        assertThat(SMALL.missed()).isEmpty();
    }

    @Test
    void whatIsNoNumberMeetsNoGoal() {
        assertThat(new FlowResult(SMALL.flow(), List.of(), List.of()).missed()).hasSize(1);
    }

    @Test
    void theJsonHasAnObjectForEachCase() {
        JsonNode cell = JsonMapper.shared().readTree(Report.json(List.of(SMALL))).get(0);
        assertThat(cell.get("case").asString()).isEqualTo("g2h-64");
        assertThat(cell.get("ours").get("mpps").asDouble()).isEqualTo(5);
        assertThat(cell.get("peer").get("cpu_ns_per_frame").asDouble()).isEqualTo(50);
        assertThat(cell.get("ratio").get("mpps").asDouble()).isEqualTo(0.5);
        assertThat(cell.get("spread").get("mpps").get("most").asDouble()).isEqualTo(0.6);
        assertThat(cell.get("goals").get(0).get("met").asBoolean()).isTrue();
    }

    @Test
    void theTextSaysWhetherTheGoalIsMet() {
        assertThat(Report.text(Pin.ON, List.of(SMALL), 0.5)).contains("PASS  g2h-64", "mpps", "0.25..0.60");
    }
}
