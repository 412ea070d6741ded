package dev.convoke.report.measure;

import dev.convoke.sweep.Study;
import dev.convoke.sweep.Study.Published;
import dev.convoke.sweep.Study.RunSource;
import dev.convoke.sweep.Suite;
import dev.convoke.sweep.Suites;
import dev.convoke.sweep.SweepResults;
import dev.convoke.sweep.SweepResults.DatasetFacts;
import dev.convoke.sweep.SweepResults.RunResults;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The study of a sweep's suite, and the differences between the sweep's data and settings and those of the claims and the
 * published results.
 */
public final class Comparability {
    private static final String ON_TEST = "test";

    private final SweepResults results;
    private final Optional<Suite> suite;

    private Comparability(SweepResults results, Optional<Suite> suite) {
        this.results = results;
        this.suite = suite;
    }

    /** Of a sweep and the suite that it is of. */
    public static Comparability of(SweepResults results) {
        return new Comparability(results, Suites.of(results));
    }

    /** How the conditions of one of our runs compare with those of the published run of that name. */
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

    /** The study of the suite; empty if the suite is unknown. */
    public Study study() {
        return suite.map(Suite::study).orElse(Study.NONE);
    }

    /** The published figures, where they are of the same data as this sweep's. */
    public Optional<Published> published() {
        return otherData().isPresent() ? Optional.empty() : study().published();
    }

    /**
     * The difference between the data and those of the suite's published results and claims, as text in lower case; empty
     * if they are the same, or if the suite does not define them.
     */
    public Optional<String> otherData() {
        return study().published().flatMap(published -> otherData(published, results.dataset()));
    }

    private static Optional<String> otherData(Published published, DatasetFacts data) {
        boolean sameName = data.name().equals(published.dataset());
        if (published.digest().isEmpty() ? sameName : data.digest().equals(published.digest())) {
            return Optional.empty();
        }
        return Optional.of(
                sameName
                        ? "the data is called " + data.name()
                                + ", but its digest is not that of the data that the suite is" + " about"
                        : "the data is " + data.name() + ", the suite is about " + published.dataset());
    }

    /** Whether a run was trained and validated as the published run of that name; says nothing of the data. */
    public Conditions conditions(RunResults run) {
        if (otherValidation().isPresent()) {
            return Conditions.OTHER_IMAGES;
        }
        return changedFromPublished(run).isPresent() ? Conditions.OTHER_SETTINGS : Conditions.SAME;
    }

    /** In which way our validation images are not those of the published figures. */
    private Optional<String> otherValidation() {
        String ours = results.dataset().validation();
        int training = results.dataset().trainImages()
                + (ours.equals(ON_TEST) ? 0 : results.dataset().validationImages());
        return study().published()
                .map(published -> published.validation().describe(training))
                .filter(theirs -> !theirs.equals(ours))
                .map(theirs -> "validation is '" + ours + "', there '" + theirs + "'");
    }

    /**
     * Description of the first setting that differs between a run and the published run of that name; empty if there is
     * none.
     */
    public Optional<String> changedFromPublished(RunResults run) {
        return study().published()
                .flatMap(published -> ChangedSetting.of(
                        run, Optional.ofNullable(published.settings().get(run.name())), "the " + published.name()));
    }

    /** Description of the first setting that differs between a run and its suite; empty if there is none. */
    public Optional<String> changedFromSuite(RunResults run) {
        return suite.flatMap(known -> ChangedSetting.of(
                run,
                known.run(run.name()).map(original -> new RunSource(original.given(), original.startFrom())),
                "the suite " + known.name()));
    }

    /** The first setting in which each of these runs is not as its suite has it. */
    public Stream<String> changes(Stream<String> runs) {
        return runs.distinct()
                .flatMap(name -> results.run(name).stream())
                .flatMap(run -> changedFromSuite(run).stream());
    }
}
