package dev.convoke.cli;

import dev.convoke.sweep.Suite;
import dev.convoke.sweep.Suites;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The run that a command names. */
final class RunChoice {
    private RunChoice() {}

    /** The name of the run: as it was given, else the first of the named suite, else that of the built-in ones. */
    static String name(@Nullable String suite, @Nullable String run) {
        if (run != null) {
            return run;
        }
        return suite == null
                ? Suites.defaultRun()
                : Suites.load(suite).runs().get(0).name();
    }

    /** The suite cut down to {@code run} and what it continues: of the named suite, else of the built-in ones. */
    static Suite suite(@Nullable String suite, String run) {
        return suite == null ? Suites.ofRun(run) : Suites.load(suite).only(run);
    }

    /** The data set that a suite of the user's own names; empty for built-in suites, whose networks take any images. */
    static Optional<String> dataset(@Nullable String suite) {
        return suite == null || Suites.BUILT_IN.contains(suite)
                ? Optional.empty()
                : Optional.of(Suites.load(suite).dataset());
    }

    /** The run itself, where neither the runs that it continues nor what its suite says about it are needed. */
    static Suite.Run of(@Nullable String suite, @Nullable String run) {
        if (suite == null) {
            return Suites.run(run == null ? Suites.defaultRun() : run);
        }
        Suite all = Suites.load(suite);
        String name = run == null ? all.runs().get(0).name() : run;
        return all.only(name).run(name).orElseThrow();
    }
}
