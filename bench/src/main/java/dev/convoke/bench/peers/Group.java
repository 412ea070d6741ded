package dev.convoke.bench.peers;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Rows that were measured in alternation: one table.
 *
 * @param section training or inference
 * @param run whose network
 * @param batch images a step
 * @param threads of every engine
 * @param state from which weights
 * @param liveWindows share of live pooling windows by layer; empty for inference
 * @param takenAgain turns that did not count, since the threads shared no cache
 * @param rows one for each engine
 */
record Group(
        Settings.Section section,
        String run,
        int batch,
        int threads,
        WeightState state,
        Map<String, Double> liveWindows,
        int takenAgain,
        List<Row> rows) {
    Group {
        rows = List.copyOf(rows);
    }

    /** The same table with rows of engines that were not there. */
    Group with(List<Row> absent) {
        List<Row> all = new ArrayList<>(rows);
        all.addAll(absent);
        all.sort(Comparator.comparingInt(row -> row.competitor().place()));
        return new Group(section, run, batch, threads, state, liveWindows, takenAgain, all);
    }

    /** The fastest of the other engines: the one to which Convoke's lead, the median of the rounds, is smallest. */
    Optional<Row> fastestRival() {
        return rows.stream().filter(Row::isRival).min(Comparator.comparingDouble(Group::lead));
    }

    private static double lead(Row row) {
        return row.ratios().orElseThrow().median();
    }
}
