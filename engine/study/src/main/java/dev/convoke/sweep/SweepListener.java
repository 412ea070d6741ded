package dev.convoke.sweep;

import dev.convoke.train.EpochMetrics;
import dev.convoke.train.EpochProgress;
import java.util.List;

/** Hears how a sweep goes. Calls come from several threads, one at a time. */
public interface SweepListener {
    /** Hears nothing. */
    SweepListener SILENT = new SweepListener() {};

    /**
     * The sweep begins.
     *
     * @param trials all of them, in the suite's order, those that are already done included
     */
    default void sweepStarted(List<Trial> trials) {}

    /** Something is wrong that does not stop the sweep: one line. */
    default void warned(String message) {}

    /**
     * A trial begins.
     *
     * @param epochsDone whole epochs that it has from an earlier session
     */
    default void trialStarted(Trial trial, int epochsDone) {}

    /** Some more steps of a trial are done. */
    default void progress(Trial trial, EpochProgress progress) {}

    /** An epoch of a trial is done. */
    default void epochEnded(Trial trial, EpochMetrics metrics) {}

    /** A trial is over, or was found done in the store, or cannot begin. */
    default void trialEnded(Trial trial, SweepResults.SeedResults result) {}
}
