package dev.convoke.report.claims;

import dev.convoke.report.measure.Formats;
import dev.convoke.report.statistics.RankTest;
import dev.convoke.sweep.Metric;
import dev.convoke.sweep.SweepResults.Shape;
import dev.convoke.sweep.SweepResults.Verdict;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Explains a verdict in one or two sentences. */
final class VerdictExplanation {
    private VerdictExplanation() {}

    /**
     * One or two sentences.
     *
     * @param p of the claim, corrected
     */
    static String of(Verdict verdict, List<JudgedTest> tests, double p) {
        int n = tests.stream().mapToInt(test -> test.raw().n()).min().orElse(0);
        if (n < RawTest.FEWEST_SEEDS && verdict == Verdict.UNDECIDED) {
            return tooFew(n, tests);
        }
        return switch (verdict) {
            case CONFIRMED -> confirmed(tests, p);
            case REFUTED -> listed("Shown not to hold (corrected p " + comparedWith(p) + "): ", Verdict.REFUTED, tests);
            default -> listed("Not significant either way: ", Verdict.UNDECIDED, tests) + twoGroups(tests);
        };
    }

    private static String tooFew(int n, List<JudgedTest> tests) {
        if (n == 0) {
            return "n = 0: no seed was trained to the end in every run that this needs.";
        }
        String seen = smallestEffects(tests);
        String start = "n = " + n + ": with fewer than " + RawTest.FEWEST_SEEDS + " seeds nothing is tested.";
        return seen.isEmpty()
                ? start
                : start + " The smallest effect that it could have seen is " + seen
                        + (n == 1 ? ", judged by how much the figures move from epoch to epoch." : ".");
    }

    private static String smallestEffects(List<JudgedTest> tests) {
        Map<Metric, Double> largest = new EnumMap<>(Metric.class);
        for (JudgedTest test : tests) {
            double effect = test.raw().smallestEffect();
            if (Double.isFinite(effect)) {
                test.raw().metric().ifPresent(metric -> largest.merge(metric, effect, Math::max));
            }
        }
        return largest.entrySet().stream()
                .map(entry -> Formats.size(entry.getKey(), entry.getValue()) + " of "
                        + entry.getKey().words())
                .collect(Collectors.joining(", "));
    }

    private static String confirmed(List<JudgedTest> tests, double p) {
        return tests.size() == 1
                ? "Significant in the claimed direction (corrected p " + comparedWith(p) + ")."
                : (tests.size() == 2 ? "Both" : "All " + tests.size())
                        + " comparisons are significant in the claimed direction (corrected p " + comparedWith(p)
                        + ").";
    }

    private static String comparedWith(double p) {
        String text = Formats.p(p);
        return text.startsWith("<") ? text : "= " + text;
    }

    private static String listed(String start, Verdict verdict, List<JudgedTest> tests) {
        List<String> words = new ArrayList<>();
        for (JudgedTest test : tests) {
            if (test.verdict() == verdict) {
                words.add(test.raw().hypothesis() + " (effect " + effect(test.raw()) + ")");
            }
        }
        return start + String.join("; ", words) + ".";
    }

    private static String effect(RawTest test) {
        return test.metric()
                .map(metric -> Formats.difference(metric, test.effect()) + interval(metric, test))
                .orElseGet(() -> Formats.signed(test.effect(), 2));
    }

    private static String interval(Metric metric, RawTest test) {
        return test.interval().isKnown() ? ", 95 % interval " + Formats.interval(metric, test.interval()) : "";
    }

    /** Where seeds fall into two groups, ranks decide, and ranks need more seeds. */
    private static String twoGroups(List<JudgedTest> tests) {
        return tests.stream()
                .map(JudgedTest::raw)
                .filter(test -> test.shape() == Shape.TWO_GROUPS)
                .map(test -> " The seeds of " + test.hypothesis() + " fall into two groups far apart, of which a t test"
                        + " says nothing; the signed-rank test gives p "
                        + comparedWith(test.ranks().inFavor()) + ", and with " + test.n()
                        + " seeds cannot give less than " + Formats.p(RankTest.smallest(test.n())) + ".")
                .collect(Collectors.joining());
    }
}
