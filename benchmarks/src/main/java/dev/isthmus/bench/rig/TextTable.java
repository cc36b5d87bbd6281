package dev.isthmus.bench.rig;

import java.util.ArrayList;
import java.util.List;

/** Columns as wide as what is in them: the first ones to the left, figures to the right. */
public final class TextTable {
    private final int leftColumns;
    private final List<List<String>> rows = new ArrayList<>();

    /** @param leftColumns how many columns hold words */
    public TextTable(int leftColumns, List<String> header) {
        this.leftColumns = leftColumns;
        rows.add(header);
    }

    /** A row with at most as many cells as the header; none makes an empty line. */
    public void row(List<String> cells) {
        rows.add(cells);
    }

    @Override
    public String toString() {
        var text = new StringBuilder();
        for (List<String> row : rows) {
            var line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                String padding = " ".repeat(width(column) - row.get(column).length());
                line.append(column == 0 ? "" : "  ").append(column < leftColumns ? row.get(column) + padding
                        : padding + row.get(column));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    private int width(int column) {
        return rows.stream().filter(row -> row.size() > column).mapToInt(row -> row.get(column).length()).max()
                .orElse(0);
    }
}
