package dev.convoke.bench.peers;

import dev.convoke.sweep.Suite;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The settings of a comparison.
 *
 * @param runs whose networks are used
 * @param batches images per training step
 * @param threads numbers of threads, each engine gets the same
 * @param rounds turns of every engine, in alternation
 * @param seconds length of a turn; an engine with long steps takes longer
 * @param clock clock of a turn's duration
 * @param company whether engines run alone or together
 * @param states of the weights from which steps are measured
 * @param competitors rows of the tables
 * @param sections what is measured
 * @param home the repository
 * @param out where results and logs go
 */
record Settings(
        List<Suite.Run> runs,
        List<Integer> batches,
        List<Integer> threads,
        int rounds,
        double seconds,
        Clock clock,
        Company company,
        Set<WeightState> states,
        List<Competitor> competitors,
        Set<Section> sections,
        Path home,
        Path out) {
    Settings {
        runs = List.copyOf(runs);
        batches = List.copyOf(batches);
        threads = List.copyOf(threads);
        competitors = List.copyOf(competitors);
        states = Set.copyOf(states);
        sections = Set.copyOf(sections);
    }

    /** An engine may work so much on threads that its clock does not see, of what it works on the one that is seen. */
    private static final double UNSEEN_SHARE = 0.1;

    /**
     * The row of an engine that was timed.
     *
     * @param check the value compared with the reference
     * @param difference description of a disagreement; empty if there is none
     */
    Row row(Competitor competitor, EngineTimer.Measured measured, double check, String difference) {
        EngineTimer.Done sum = measured.sum();
        if (clock == Clock.CPU && sum.otherSeconds() > UNSEEN_SHARE * sum.seconds()) {
            String remark = String.format(
                    Locale.ROOT,
                    "--clock cpu counts the working thread, %.2f s, but the engine used %.2f s of processor time;"
                            + " time it with --clock wall",
                    sum.seconds(),
                    sum.usedSeconds());
            return Row.without(competitor, EngineOutcome.UNCOUNTED, remark);
        }
        EngineOutcome standing = difference.isEmpty() ? EngineOutcome.MEASURED : EngineOutcome.DIFFERS;
        return new Row(competitor, standing, measured.rates(), measured.beside(), check, difference);
    }

    /** What time is read from. */
    enum Clock {
        WALL,
        /** Processor time of an engine's one thread: steady on a machine that others use too. */
        CPU
    }

    /** Which engines run while one is timed. */
    enum Company {
        /** It alone, and then the next. */
        ALTERNATING,
        /** The reference too, on the same processor. */
        TOGETHER
    }

    /** The parts of a comparison. */
    enum Section {
        TRAINING,
        INFERENCE,
        STARTUP
    }
}
