package dev.convoke.sweep;

import dev.convoke.settings.ConfigurationException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Earlier results that new ones must not fall behind: for every run of the baseline, validation and test accuracy, means
 * over seeds, may be lower by at most the tolerance.
 *
 * @param results of the earlier sweep
 * @param tolerance in accuracy, a share: 0.005 is half a point
 */
public record Baseline(SweepResults results, double tolerance) {
    /** A generous bound on the random variation of one seed's accuracy on ten thousand images: half a percentage point. */
    public static final double DEFAULT_TOLERANCE = 0.005;

    private static final List<Metric> METRICS = List.of(Metric.VAL_ACCURACY, Metric.TEST_ACCURACY);

    public Baseline {
        if (!(tolerance >= 0 && tolerance <= 1)) {
            throw new ConfigurationException("tolerance: expected a share from 0 to 1, not " + tolerance);
        }
    }

    /** The same baseline for some of its runs. */
    public Baseline of(Collection<String> runs) {
        List<SweepResults.RunResults> kept =
                results.runs().stream().filter(run -> runs.contains(run.name())).toList();
        return new Baseline(results.withRuns(kept), tolerance);
    }

    /** The runs of the baseline that can be compared: completed runs with a metric. */
    public List<String> comparable() {
        return results.runs().stream()
                .filter(run ->
                        METRICS.stream().anyMatch(metric -> metric.mean(run).isPresent()))
                .map(SweepResults.RunResults::name)
                .toList();
    }

    /**
     * The runs that became worse or are missing. Runs that the baseline itself did not complete are ignored.
     *
     * @throws ConfigurationException if the two sweeps are of different data
     */
    public List<GateFailure> check(SweepResults now) {
        if (!now.dataset().digest().equals(results.dataset().digest())) {
            throw new ConfigurationException("baseline: is of data set '"
                    + results.dataset().name() + "' (" + brief(results) + "), not of '"
                    + now.dataset().name() + "' (" + brief(now) + "); compare results of the same data");
        }
        List<GateFailure> failures = new ArrayList<>();
        for (SweepResults.RunResults before : results.runs()) {
            for (Metric metric : METRICS) {
                metric.mean(before).ifPresent(mean -> check(now, before.name(), metric, mean, failures));
            }
        }
        return failures;
    }

    private void check(SweepResults now, String run, Metric metric, double before, List<GateFailure> failures) {
        double value =
                now.run(run).map(metric::mean).orElse(OptionalDouble.empty()).orElse(Double.NaN);
        if (!(value >= before - tolerance)) {
            String bound = ">= " + (before - tolerance) + ", the baseline's " + before + " less " + tolerance;
            failures.add(new GateFailure(run, metric, value, bound));
        }
    }

    private static String brief(SweepResults results) {
        String digest = results.dataset().digest();
        return digest.substring(0, Math.min(8, digest.length()));
    }
}
