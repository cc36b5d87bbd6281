package dev.isthmus.bench.process;

import dev.isthmus.bench.rig.Numbers;
import dev.isthmus.bench.rig.TextTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What came of all rounds. */
final class ProcessFigures {
    private final Map<Form, Map<Figure, List<Double>>> figures = new EnumMap<>(Form.class);

    /** Of one round. */
    void add(Form form, Figure figure, double value) {
        figures.computeIfAbsent(form, _ -> new EnumMap<>(Figure.class)).computeIfAbsent(figure, _ -> new ArrayList<>())
                .add(value);
    }

    /** NaN when it was not measured. */
    double median(Form form, Figure figure) {
        return Numbers.median(figures.getOrDefault(form, Map.of()).getOrDefault(figure, List.of()));
    }

    /** A row for each figure, a column for each form. */
    String table() {
        var header = new ArrayList<>(List.of(""));
        Stream.of(Form.values()).map(Form::text).forEach(header::add);
        var table = new TextTable(1, header);
        for (Figure figure : Figure.values()) {
            var row = new ArrayList<>(List.of(figure.title()));
            Stream.of(Form.values()).map(form -> Numbers.brief(median(form, figure))).forEach(row::add);
            table.row(row);
        }
        return table.toString();
    }

    /** An object with an object for each form: medians, and the single rounds. */
    String json() {
        ObjectNode all = JsonMapper.shared().createObjectNode();
        for (Form form : Form.values()) {
            ObjectNode medians = all.putObject(form.text());
            ObjectNode rounds = medians.putObject("rounds");
            for (Figure figure : Figure.values()) {
                List<Double> values = figures.getOrDefault(form, Map.of()).getOrDefault(figure, List.of());
                if (!values.isEmpty()) {
                    medians.put(figure.key(), Numbers.median(values));
                    values.forEach(rounds.putArray(figure.key())::add);
                }
            }
        }
        all.putArray("goals").addAll(Arrays.stream(ProcessGoal.ALL.toArray(ProcessGoal[]::new)).map(this::json)
                .toList());
        return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(all) + "\n";
    }

    private ObjectNode json(ProcessGoal goal) {
        return JsonMapper.shared().createObjectNode().put("form", goal.form().text()).put("figure", goal.figure().key())
                .put("at_most", goal.bound()).put("met", goal.isMet(this));
    }
}
