package dev.convoke.report.claims;

import dev.convoke.sweep.SweepResults.RunResults;
import dev.convoke.sweep.SweepResults.SeedResults;
import dev.convoke.train.EpochMetrics;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * At which epochs a run overfits: its validation loss rises over the epoch before while its training loss falls.
 *
 * @param marked the epochs that a claim names
 */
public record OverfittingEpochs(Set<Integer> marked) {
    /** How often an epoch overfitted. */
    public record Count(int overfitted, int looked) {
        /** NaN where none was looked at. */
        public double share() {
            return (double) overfitted / looked;
        }

        private Count plus(boolean overfits) {
            return new Count(overfitted + (overfits ? 1 : 0), looked + 1);
        }
    }

    /** Whether {@code now} overfits against the epoch {@code before}. */
    public static boolean overfits(EpochMetrics before, EpochMetrics now) {
        return now.valLoss() > before.valLoss() && now.trainLoss() < before.trainLoss();
    }

    /** Over all seeds that were trained to the end, the seeds in which {@code epoch} overfits. */
    public static Count at(int epoch, RunResults run) {
        Count count = new Count(0, 0);
        for (SeedResults seed : run.done()) {
            for (int i = 1; i < seed.epochs().size(); i++) {
                if (seed.epochs().get(i).epoch() == epoch) {
                    count = count.plus(
                            overfits(seed.epochs().get(i - 1), seed.epochs().get(i)));
                }
            }
        }
        return count;
    }

    /** The named epochs, over all seeds. */
    public Count marked(RunResults run) {
        return sum(run, true);
    }

    /** All other epochs from the second on, over all seeds. */
    public Count others(RunResults run) {
        return sum(run, false);
    }

    /** The marked epochs as text: {@code 2, 5, 9}. */
    public String names() {
        return new TreeSet<>(marked).stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    /** By seed: the share of named epochs that overfit less the share of the others; seeds that lack either are left out. */
    double[] differences(RunResults run) {
        return run.done().stream()
                .mapToDouble(
                        seed -> count(seed, true).share() - count(seed, false).share())
                .filter(Double::isFinite)
                .toArray();
    }

    private Count sum(RunResults run, boolean named) {
        List<Count> counts = run.done().stream().map(seed -> count(seed, named)).toList();
        return new Count(
                counts.stream().mapToInt(Count::overfitted).sum(),
                counts.stream().mapToInt(Count::looked).sum());
    }

    private Count count(SeedResults seed, boolean named) {
        Count count = new Count(0, 0);
        for (int i = 1; i < seed.epochs().size(); i++) {
            EpochMetrics now = seed.epochs().get(i);
            if (marked.contains(now.epoch()) == named) {
                count = count.plus(overfits(seed.epochs().get(i - 1), now));
            }
        }
        return count;
    }
}
