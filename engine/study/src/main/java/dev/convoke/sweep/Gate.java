package dev.convoke.sweep;

import dev.convoke.datasets.NearestName;
import dev.convoke.settings.ConfigurationException;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A bound for the mean over a run's seeds: {@code val_accuracy>=0.98} for all runs, or {@code wide:val_accuracy>=0.98} for
 * one run.
 *
 * @param run the run that it applies to; empty for all
 * @param metric the metric
 * @param comparison the required direction
 * @param bound in the metric's unit
 */
public record Gate(Optional<String> run, Metric metric, Comparison comparison, double bound) {
    private static final Pattern FORM = Pattern.compile(
            "\\s*(?:(?<run>[^:\\s]+)\\s*:)?\\s*(?<metric>[A-Za-z_]+)\\s*(?<sign>>=|<=|>|<)\\s*(?<bound>\\S+)\\s*");

    /** The required direction of a metric. */
    public enum Comparison {
        AT_LEAST(">="),
        AT_MOST("<="),
        ABOVE(">"),
        BELOW("<");

        private final String sign;

        Comparison(String sign) {
            this.sign = sign;
        }

        boolean holds(double value, double bound) {
            return switch (this) {
                case AT_LEAST -> value >= bound;
                case AT_MOST -> value <= bound;
                case ABOVE -> value > bound;
                case BELOW -> value < bound;
            };
        }

        private static Comparison of(String sign) {
            return Arrays.stream(values())
                    .filter(comparison -> comparison.sign.equals(sign))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /**
     * Reads a gate.
     *
     * @throws ConfigurationException if {@code text} is not one
     */
    public static Gate parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new ConfigurationException(
                    "gate '" + text + "': expected METRIC>=NUMBER or RUN:METRIC>=NUMBER, with >=, <=, > or <");
        }
        Metric metric = metric(text, matcher.group("metric"));
        double bound = number(text, matcher.group("bound"));
        requirePossible(text, metric, bound);
        return new Gate(Optional.ofNullable(matcher.group("run")), metric, Comparison.of(matcher.group("sign")), bound);
    }

    /** Tables show accuracies in percent, so that is how some write them. */
    private static void requirePossible(String text, Metric metric, double bound) {
        if (metric.isAccuracy() && !(bound >= 0 && bound <= 1)) {
            String meant = bound > 1 && bound <= 100
                    ? "; did you mean "
                            + new BigDecimal(Double.toString(bound))
                                    .movePointLeft(2)
                                    .stripTrailingZeros()
                                    .toPlainString()
                            + "?"
                    : "";
            throw new ConfigurationException("gate '" + text + "': an accuracy is between 0 and 1" + meant);
        }
    }

    private static Metric metric(String text, String name) {
        List<String> names = Arrays.stream(Metric.values()).map(Metric::label).toList();
        if (!names.contains(name)) {
            throw new ConfigurationException(
                    "gate '" + text + "': unknown metric '" + name + "'" + NearestName.hint(names, name));
        }
        return Metric.valueOf(name.toUpperCase(Locale.ROOT));
    }

    private static double number(String text, String bound) {
        try {
            double number = Double.parseDouble(bound);
            if (Double.isFinite(number)) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Reported below, with the gate.
        }
        throw new ConfigurationException("gate '" + text + "': '" + bound + "' is not a number");
    }

    /**
     * The runs that miss the bound; one that has not all its seeds misses it.
     *
     * @throws ConfigurationException if the gate names a run that is not there
     */
    public List<GateFailure> check(SweepResults results) {
        List<String> names =
                results.runs().stream().map(SweepResults.RunResults::name).toList();
        if (run.isPresent() && !names.contains(run.get())) {
            throw new ConfigurationException(
                    "gate: there is no run '" + run.get() + "'" + NearestName.hint(names, run.get()));
        }
        return results.runs().stream()
                .filter(candidate -> run.isEmpty() || run.get().equals(candidate.name()))
                .map(this::check)
                .flatMap(Optional::stream)
                .toList();
    }

    private Optional<GateFailure> check(SweepResults.RunResults candidate) {
        double value = metric.mean(candidate).orElse(Double.NaN);
        return comparison.holds(value, bound)
                ? Optional.empty()
                : Optional.of(new GateFailure(candidate.name(), metric, value, comparison.sign + " " + bound));
    }
}
