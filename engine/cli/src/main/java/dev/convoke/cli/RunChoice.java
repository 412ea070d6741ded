package dev.convoke.cli;

import dev.convoke.sweep.Suite;
import dev.convoke.sweep.Suites;
import org.jspecify.annotations.Nullable;

/** The run that a command names. */
final class RunChoice {
    private RunChoice() {}

    /** The suite cut down to {@code run} and what it continues: of the named suite, else of the built-in ones. */
    static Suite suite(@Nullable String suite, String run) {
        return suite == null ? Suites.ofRun(run) : Suites.load(suite).only(run);
    }

    static Suite.Run of(@Nullable String suite, String run) {
        return suite(suite, run).run(run).orElseThrow();
    }
}
