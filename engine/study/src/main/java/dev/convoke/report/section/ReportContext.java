package dev.convoke.report.section;

import dev.convoke.report.measure.Comparability;
import dev.convoke.report.measure.Comparability.Conditions;
import dev.convoke.report.measure.PublishedComparison;
import dev.convoke.sweep.Study;
import dev.convoke.sweep.Study.Notes;
import dev.convoke.sweep.Study.Published;
import dev.convoke.sweep.Study.PublishedRun;
import dev.convoke.sweep.SweepResults;
import dev.convoke.sweep.SweepResults.RunResults;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The data of a report.
 *
 * @param results judged
 * @param comparability differences between its data and settings and those of its suite
 */
record ReportContext(SweepResults results, Comparability comparability) {
    static ReportContext of(SweepResults results) {
        return new ReportContext(results, Comparability.of(results));
    }

    Study study() {
        return comparability.study();
    }

    /** The published results, if they are of the same data; they are compared only for runs with the same settings. */
    Optional<Published> source() {
        return comparability.published();
    }

    /** The notes on the published results, if these are shown. */
    Optional<Notes> notes() {
        return source().isPresent() ? study().notes() : Optional.empty();
    }

    PublishedComparison comparison() {
        return PublishedComparison.of(results, comparability);
    }

    /** Whether all choices were made on the test images. */
    boolean selectedOnTest() {
        return results.dataset().validation().equals("test");
    }

    /** The published run of that name, if it was trained and validated like ours and can be compared with it. */
    Optional<PublishedRun> published(RunResults run) {
        return comparability.conditions(run) == Conditions.SAME
                ? source().flatMap(source -> source.run(run.name()))
                : Optional.empty();
    }

    /** Those of {@code names} that the sweep has. */
    List<RunResults> runs(Collection<String> names) {
        return names.stream().flatMap(name -> results.run(name).stream()).toList();
    }

    /** The name of a run, with a word where it began with trained weights. */
    static String label(RunResults run) {
        return run.startFrom().isPresent() ? run.name() + " (continued)" : run.name();
    }

    String className(int index) {
        List<String> names = results.dataset().classNames();
        return index >= 0 && index < names.size() ? names.get(index) : Integer.toString(index);
    }

    /** A name for files and links: lower-case letters, digits, dots and hyphens, unlike that of any other run. */
    String slug(RunResults run) {
        String slug = slug(run.name());
        return slug.equals(run.name()) && !slug.startsWith(".")
                ? slug
                : slug.replaceAll("^[.-]+", "") + "-" + (results.runs().indexOf(run) + 1);
    }

    /** Any words as a name for a file. */
    static String slug(String words) {
        return words.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.]+", "-");
    }
}
