package dev.convoke.report.claims;

import dev.convoke.report.measure.Metric;
import dev.convoke.report.measure.Numbers;
import dev.convoke.sweep.SweepResults.Verdict;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Puts a verdict into words. */
final class Reason {
    private Reason() {}

    static String of(Verdict verdict, List<JudgedTest> tests) {
        int n = tests.stream().mapToInt(test -> test.raw().n()).min().orElse(0);
        if (n < RawTest.FEWEST_SEEDS && verdict == Verdict.UNDECIDED) {
            return tooFew(n, tests);
        }
        return switch (verdict) {
            case CONFIRMED -> confirmed(tests);
            case REFUTED -> listed("The opposite is significant: ", Verdict.REFUTED, tests);
            default -> listed("Not significant either way: ", Verdict.UNDECIDED, tests);
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
                .map(entry -> magnitude(entry.getKey(), entry.getValue()) + " of "
                        + entry.getKey().label())
                .collect(Collectors.joining(", "));
    }

    private static String magnitude(Metric metric, double effect) {
        return metric.isAccuracy() ? Numbers.fixed(100 * effect, 2) + " points" : Numbers.fixed(effect, 3);
    }

    private static String confirmed(List<JudgedTest> tests) {
        double largest = tests.stream().mapToDouble(JudgedTest::p).max().orElse(Double.NaN);
        String p = Numbers.p(largest);
        String bound = p.startsWith("<") ? p : "= " + p;
        return tests.size() == 1
                ? "Significant in the claimed direction (corrected p " + bound + ")."
                : (tests.size() == 2 ? "Both" : "All " + tests.size())
                        + " comparisons are significant in the claimed direction (largest corrected p " + bound + ").";
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
                .map(metric -> Numbers.difference(metric, test.effect()))
                .orElseGet(() -> Numbers.signed(test.effect(), 2));
    }
}
