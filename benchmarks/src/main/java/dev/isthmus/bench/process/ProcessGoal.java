package dev.isthmus.bench.process;

import java.util.List;
import java.util.Locale;

/**
 * What a figure is to be at most.
 *
 * @param bound in the figure's unit
 */
record ProcessGoal(Form form, Figure figure, double bound) {
    /** The project's. */
    static final List<ProcessGoal> ALL = List.of(
            new ProcessGoal(Form.CACHE, Figure.SOCKET, 800),
            new ProcessGoal(Form.JAR, Figure.SOCKET, 1500),
            new ProcessGoal(Form.CACHE, Figure.HEAVY, 115),
            new ProcessGoal(Form.JAR, Figure.HEAVY, 115),
            new ProcessGoal(Form.CACHE, Figure.EACH, 2),
            new ProcessGoal(Form.JAR, Figure.EACH, 2),
            new ProcessGoal(Form.CACHE, Figure.IDLE_CPU, 0.5),
            new ProcessGoal(Form.JAR, Figure.IDLE_CPU, 0.5),
            new ProcessGoal(Form.BRIDGE, Figure.WATCHES, 600),
            new ProcessGoal(Form.BRIDGE, Figure.FOUR_GUESTS, 80));

    /** Whether it is; a figure that is no number is not. */
    boolean isMet(ProcessFigures figures) {
        return figures.median(form, figure) <= bound;
    }

    String verdict(ProcessFigures figures) {
        return String.format(Locale.ROOT, "%s  %-6s %s: %.2f, at most %.1f", isMet(figures) ? "PASS" : "MISS",
                form.text(), figure.title(), figures.median(form, figure), bound);
    }
}
