package dev.isthmus.bench.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ProcessFiguresTest {
    private static ProcessFigures figures(double... socketMillis) {
        var figures = new ProcessFigures();
        for (double millis : socketMillis) {
            figures.add(Form.CACHE, Figure.SOCKET, millis);
        }
        return figures;
    }

    @Test
    void tableHasMediansAndDashesForWhatWasNotMeasured() {
        List<List<String>> rows = figures(300, 900, 400).table().lines()
                .map(line -> List.of(line.strip().split(" {2,}"))).toList();

        assertThat(rows.getFirst()).containsExactly("cache", "jar", "peer", "bridge");
        assertThat(rows.get(1)).containsExactly(Figure.SOCKET.title(), "400", "-", "-", "-");
        assertThat(rows).hasSize(1 + Figure.values().length);
    }

    @Test
    void jsonHasMediansRoundsAndGoals() {
        JsonNode json = JsonMapper.shared().readTree(figures(300, 500).json());

        assertThat(json.at("/cache/socket_ms").asDouble()).isEqualTo(400);
        assertThat(json.at("/cache/rounds/socket_ms/1").asDouble()).isEqualTo(500);
        assertThat(json.at("/jar/socket_ms").isMissingNode()).isTrue();
        assertThat(json.at("/goals")).hasSize(ProcessGoal.ALL.size());
        assertThat(json.at("/goals/0/met").asBoolean()).isTrue();
        assertThat(json.at("/goals/1/met").asBoolean()).isFalse();
    }

    @Test
    void goalIsMetUpToItsBound() {
        var goal = new ProcessGoal(Form.CACHE, Figure.SOCKET, 800);

        assertThat(goal.isMet(figures(800))).isTrue();
        assertThat(goal.verdict(figures(800))).startsWith("PASS  cache  ").endsWith("800.00, at most 800.0");
        assertThat(goal.isMet(figures(801))).isFalse();
        assertThat(goal.verdict(figures(801))).startsWith("MISS  cache  ");
        assertThat(goal.isMet(figures())).as("when it was not measured").isFalse();
    }
}
