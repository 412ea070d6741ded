package dev.convoke.report.section;

import dev.convoke.report.measure.Comparability;
import dev.convoke.report.measure.Comparability.Conditions;
import dev.convoke.report.published.Published;
import dev.convoke.report.published.PublishedRun;
import dev.convoke.sweep.SweepResults;
import dev.convoke.sweep.SweepResults.RunResults;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a report is about.
 *
 * @param results judged
 * @param reproduction whether the suite reproduces the published report
 * @param obstacle why no published figures may stand beside ours; empty where those of like runs may
 */
record Subject(SweepResults results, boolean reproduction, Optional<String> obstacle) {
    static Subject of(SweepResults results) {
        return new Subject(results, Comparability.isReportSuite(results), Comparability.obstacle(results));
    }

    boolean comparable() {
        return obstacle.isEmpty();
    }

    /** Whether every choice was made on the very images that the test figures are of. */
    boolean selectedOnTest() {
        return results.dataset().validation().equals("test");
    }

    /** The published run of that name, where it was trained and validated as ours and may stand beside it. */
    Optional<PublishedRun> published(RunResults run) {
        return comparable() && Comparability.conditions(results, run) == Conditions.SAME
                ? Published.report().run(run.name())
                : Optional.empty();
    }

    /** Those of {@code names} that the sweep has. */
    List<RunResults> runs(String... names) {
        return Stream.of(names).flatMap(name -> results.run(name).stream()).toList();
    }

    String className(int index) {
        List<String> names = results.dataset().classNames();
        return index >= 0 && index < names.size() ? names.get(index) : Integer.toString(index);
    }

    /** A name for files and links: lower-case letters, digits, dots and hyphens, unlike that of any other run. */
    String slug(RunResults run) {
        String slug = run.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.]+", "-");
        return slug.equals(run.name()) && !slug.startsWith(".")
                ? slug
                : slug.replaceAll("^[.-]+", "") + "-" + (results.runs().indexOf(run) + 1);
    }
}
