package dev.isthmus.bench.blk;

import java.util.List;
import java.util.Map;

/** Results nobody measured. */
final class Results {
    private Results() {}

    static Figures figures(double iops, double p50, double cpu) {
        return new Figures(iops, p50, p50 * 2, p50 * 3, cpu);
    }

    /** Three rounds, whose ratios of IOPS are 2, 4 and 1, and that of the medians is 2. */
    static CellResult of(Cell cell) {
        return new CellResult(cell,
                List.of(figures(200, 10, 0.2), figures(400, 5, 0.1), figures(100, 20, 0.4)),
                List.of(figures(100, 20, 1.0), figures(100, 20, 1.0), figures(100, 20, 1.0)), 10 << 10, 5 << 10, Map
                        .of());
    }

    static CellResult of(Cell cell, Figures ours, Figures peers) {
        return new CellResult(cell, List.of(ours), List.of(peers), 1024, 1024, Map.of());
    }

    static Cell cell(String name) {
        return Cell.all().stream().filter(cell -> cell.name().equals(name)).findFirst().orElseThrow();
    }
}
