package dev.convoke.report.measure;

import dev.convoke.report.statistics.Interval;
import dev.convoke.report.statistics.PairedTest;
import dev.convoke.report.statistics.RankTest;
import dev.convoke.report.statistics.Spread;
import dev.convoke.report.statistics.UnpairedTest;
import dev.convoke.settings.ConfigurationException;
import dev.convoke.sweep.Metric;
import dev.convoke.sweep.SweepResults;
import dev.convoke.sweep.SweepResults.RunResults;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Two runs of one sweep, figure by figure: of the seeds that both have trained to the end, and what their settings differ in.
 *
 * @param rows one for each metric that both runs have
 * @param settings that differ: by key, what the first has and what the second has
 */
public record RunDifference(List<Row> rows, Map<String, List<String>> settings) {
    public RunDifference {
        rows = List.copyOf(rows);
    }

    /**
     * One figure; p values are two-sided and not corrected.
     *
     * @param difference first less second, pair by pair
     * @param interval of the mean difference, at {@link Interval#LEVEL}; unknown for fewer than two pairs
     * @param p of the paired t test; NaN for fewer than two pairs, or without spread
     * @param rankP of the signed-rank test; NaN without differences
     * @param unpairedP of Welch's test; NaN likewise
     * @param correlation of the paired figures; NaN for fewer than three
     */
    public record Row(
            Metric metric,
            Spread first,
            Spread second,
            Spread difference,
            Interval interval,
            double p,
            double rankP,
            double unpairedP,
            double correlation) {
        private static Row of(Metric metric, SeedPairs pairs) {
            double[] differences = pairs.differences();
            PairedTest paired = PairedTest.of(differences);
            RankTest ranks = RankTest.of(differences);
            UnpairedTest unpaired = UnpairedTest.of(pairs.first(), pairs.second());
            return new Row(
                    metric,
                    Spread.of(pairs.first()),
                    Spread.of(pairs.second()),
                    Spread.of(differences),
                    paired.interval(Interval.LEVEL),
                    twoSided(paired.pGreater(), paired.pLess()),
                    twoSided(ranks.pGreater(), ranks.pLess()),
                    twoSided(unpaired.pGreater(), unpaired.pLess()),
                    pairs.correlation());
        }

        private static double twoSided(double greater, double less) {
            return Math.min(1, 2 * Math.min(greater, less));
        }
    }

    /**
     * Compares two runs.
     *
     * @throws ConfigurationException if the sweep lacks one of them, or they have no seed in common
     */
    public static RunDifference of(SweepResults results, String first, String second) {
        RunResults one = results.require(first);
        RunResults other = results.require(second);
        List<Row> rows = new ArrayList<>();
        for (Metric metric : Metric.values()) {
            SeedPairs pairs = SeedPairs.of(one, other, metric);
            if (pairs.n() > 0) {
                rows.add(Row.of(metric, pairs));
            }
        }
        if (rows.isEmpty()) {
            throw new ConfigurationException(
                    "runs '" + first + "' and '" + second + "' have no seed in common that both trained to the end");
        }
        return new RunDifference(rows, settings(one, other));
    }

    private static Map<String, List<String>> settings(RunResults one, RunResults other) {
        Map<String, Object> ours = FlatSettings.of(one);
        Map<String, Object> theirs = FlatSettings.of(other);
        Set<String> keys = new LinkedHashSet<>(ours.keySet());
        keys.addAll(theirs.keySet());
        Map<String, List<String>> differing = new LinkedHashMap<>();
        for (String key : keys) {
            if (!Objects.equals(ours.get(key), theirs.get(key))) {
                differing.put(key, List.of(shown(ours, key), shown(theirs, key)));
            }
        }
        String from = one.startFrom().orElse("none");
        String otherFrom = other.startFrom().orElse("none");
        if (!from.equals(otherFrom)) {
            differing.put("start_from", List.of(from, otherFrom));
        }
        return differing;
    }

    private static String shown(Map<String, Object> settings, String key) {
        return String.valueOf(settings.getOrDefault(key, "none"));
    }
}
