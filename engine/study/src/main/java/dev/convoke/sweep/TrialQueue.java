package dev.convoke.sweep;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * The trials that are still to be trained, the longest first: by the expected work of a trial and of the longest chain of
 * trials that wait for it, so that no long one is left for the end. Which trial goes first changes no figure.
 */
final class TrialQueue {
    private final List<Trial> waiting;

    TrialQueue(List<Trial> trials, ToDoubleFunction<Suite.Run> cost) {
        this.waiting = new ArrayList<>(trials);
        List<Suite.Run> runs = trials.stream().map(Trial::run).distinct().toList();
        Map<String, Double> work = new HashMap<>();
        runs.forEach(run -> work.put(run.name(), chain(run, runs, cost)));
        waiting.sort(Comparator.comparingDouble(
                (Trial trial) -> -work.getOrDefault(trial.run().name(), 0.0)));
    }

    private static double chain(Suite.Run run, List<Suite.Run> runs, ToDoubleFunction<Suite.Run> cost) {
        double longest = 0;
        for (Suite.Run other : runs) {
            if (isParent(run, other)) {
                longest = Math.max(longest, chain(other, runs, cost));
            }
        }
        return cost.applyAsDouble(run) + longest;
    }

    private static boolean isParent(Suite.Run run, Suite.Run child) {
        return child.startFrom().equals(Optional.of(run.name()));
    }

    /** Takes the first trial whose parent, if it has one, is none of those that wait or are under way. */
    Optional<Trial> next(List<Trial> underWay) {
        for (Trial trial : waiting) {
            if (parentIn(waiting, trial).isEmpty() && parentIn(underWay, trial).isEmpty()) {
                waiting.remove(trial);
                return Optional.of(trial);
            }
        }
        return Optional.empty();
    }

    private static Optional<Trial> parentIn(List<Trial> trials, Trial child) {
        return trials.stream()
                .filter(trial -> trial.seed() == child.seed() && isParent(trial.run(), child.run()))
                .findFirst();
    }
}
