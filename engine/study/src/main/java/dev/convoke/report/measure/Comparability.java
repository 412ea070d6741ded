package dev.convoke.report.measure;

import dev.convoke.sweep.Suite;
import dev.convoke.sweep.Suites;
import dev.convoke.sweep.SweepResults;
import dev.convoke.sweep.SweepResults.DatasetFacts;
import dev.convoke.sweep.SweepResults.RunResults;
import java.util.Optional;

/** Whether a sweep may be judged by the report's claims, and its runs stand beside the published values. */
public final class Comparability {
    /** SHA-256 over pixels and labels of MNIST: a name alone proves nothing, a folder may have any. */
    public static final String MNIST_DIGEST = "7bff275ee022d1ad6fd91a05d8231de7d85ce53837b3c01e474e4ba4e9290f1d";

    private static final String MNIST = "mnist";
    private static final int MNIST_TRAINING_IMAGES = 60_000;
    /** The runs as the notebook really ran them. */
    private static final Suite NOTEBOOK = Suites.load("report");

    private Comparability() {}

    /** How the conditions of one of our runs compare with those of the notebook's run of that name. */
    public enum Conditions {
        SAME(""),
        OTHER_IMAGES("other images"),
        OTHER_SETTINGS("other settings");

        private final String label;

        Conditions(String label) {
            this.label = label;
        }

        /** Two words for a table; empty where nothing differs. */
        public String label() {
            return label;
        }
    }

    /** Whether the suite is named as one of those that reproduce the report. */
    public static boolean isReportSuite(SweepResults results) {
        return Suites.OF_THE_REPORT.contains(results.suite().name());
    }

    /**
     * Why the claims cannot be judged on this sweep, in words that start in lower case; empty where they can. They can where
     * the data is MNIST and every run is as the built-in suite of that name has it.
     */
    public static Optional<String> obstacle(SweepResults results) {
        if (!isReportSuite(results)) {
            return Optional.of("the suite is '" + results.suite().name() + "', not one of the report's");
        }
        Suite suite = Suites.load(results.suite().name());
        return otherData(results.dataset())
                .or(() -> otherValidation(results, suite))
                .or(() -> results.runs().stream()
                        .flatMap(run -> ChangedSetting.of(run, suite).stream())
                        .findFirst());
    }

    private static Optional<String> otherData(DatasetFacts data) {
        if (data.digest().equals(MNIST_DIGEST)) {
            return Optional.empty();
        }
        return Optional.of(
                data.name().equals(MNIST)
                        ? "the data is called mnist, but its digest is not that of MNIST"
                        : "the data is " + data.name() + ", the report is about mnist");
    }

    private static Optional<String> otherValidation(SweepResults results, Suite suite) {
        String ours = results.dataset().validation();
        String theirs = suite.validation().describe(MNIST_TRAINING_IMAGES);
        return ours.equals(theirs)
                ? Optional.empty()
                : Optional.of("validation is '" + ours + "', in the suite " + suite.name() + " '" + theirs + "'");
    }

    /** Whether a run was trained and validated as the notebook's run of that name; says nothing of the data. */
    public static Conditions conditions(SweepResults results, RunResults run) {
        if (otherValidation(results, NOTEBOOK).isPresent()) {
            return Conditions.OTHER_IMAGES;
        }
        return changedFromNotebook(run).isPresent() ? Conditions.OTHER_SETTINGS : Conditions.SAME;
    }

    /** The first setting in which a run is not as the notebook's run of that name, in words; empty where there is none. */
    static Optional<String> changedFromNotebook(RunResults run) {
        return ChangedSetting.of(run, NOTEBOOK);
    }
}
