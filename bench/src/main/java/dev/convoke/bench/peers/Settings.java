package dev.convoke.bench.peers;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * What is compared, and how long.
 *
 * @param runs whose networks are trained
 * @param batches images a training step
 * @param threads numbers of threads, each engine gets the same
 * @param rounds turns of every engine, in alternation
 * @param seconds length of a turn; an engine with long steps takes longer
 * @param clock what a turn's length is read from
 * @param competitors rows of the tables
 * @param sections what is measured
 * @param home the repository
 * @param out where results and logs go
 */
record Settings(
        List<String> runs,
        List<Integer> batches,
        List<Integer> threads,
        int rounds,
        double seconds,
        Clock clock,
        List<Competitor> competitors,
        Set<Section> sections,
        Path home,
        Path out) {
    Settings {
        runs = List.copyOf(runs);
        batches = List.copyOf(batches);
        threads = List.copyOf(threads);
        competitors = List.copyOf(competitors);
        sections = Set.copyOf(sections);
    }

    /** What time is read from. */
    enum Clock {
        WALL,
        /** Processor time of an engine's one thread: steady on a machine that others use too. */
        CPU
    }

    /** The parts of a comparison. */
    enum Section {
        TRAINING,
        INFERENCE,
        STARTUP
    }
}
