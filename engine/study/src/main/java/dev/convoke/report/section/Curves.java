package dev.convoke.report.section;

import dev.convoke.report.chart.Hue;
import dev.convoke.report.chart.LegendEntry;
import dev.convoke.report.chart.LegendEntry.Sample;
import dev.convoke.report.chart.LinePanel;
import dev.convoke.report.chart.Series;
import dev.convoke.report.statistics.Spread;
import dev.convoke.sweep.Metric;
import dev.convoke.sweep.Study.PublishedEpoch;
import dev.convoke.sweep.Study.PublishedRun;
import dev.convoke.sweep.SweepResults.RunResults;
import dev.convoke.sweep.SweepResults.SeedResults;
import dev.convoke.train.EpochMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Turns histories into lines. */
final class Curves {
    private Curves() {}

    /** The mean over seeds; of the seeds that were not trained to the end only where there are no others. */
    static Series mean(RunResults run, Metric metric, String label, Hue hue, Series.Stroke stroke) {
        return series(run, metric, label, hue, stroke, false);
    }

    /** The mean over seeds with the lowest and highest seed as a band. */
    static Series meanWithBand(RunResults run, Metric metric, String label, Hue hue) {
        return series(run, metric, label, hue, Series.Stroke.SOLID, true);
    }

    /** The published line, dashed, without a label. */
    static Series published(PublishedRun run, Metric metric, Hue hue) {
        List<PublishedEpoch> history = run.history();
        return Series.line(
                "",
                hue,
                Series.Stroke.DASHED,
                history.stream().mapToDouble(PublishedEpoch::epoch).toArray(),
                history.stream().mapToDouble(epoch -> epoch.figure(metric)).toArray());
    }

    /** Ours with its band, and the published line below it where there is one. */
    static List<Series> beside(Optional<PublishedRun> published, RunResults run, Metric metric, String label, Hue hue) {
        List<Series> lines = new ArrayList<>();
        published.ifPresent(other -> lines.add(published(other, metric, hue)));
        lines.add(meanWithBand(run, metric, label, hue));
        return lines;
    }

    static String title(Metric metric) {
        return capital(metric.words()) + (metric.isAccuracy() ? ", %" : "");
    }

    static LinePanel.Axis axis(Metric metric) {
        return metric.isAccuracy() ? LinePanel.Axis.ACCURACY : LinePanel.Axis.LOSS;
    }

    /** What solid, band and dash mean in a figure of {@code runs}. */
    static List<LegendEntry> strokes(ReportContext context, List<RunResults> runs) {
        List<LegendEntry> entries = new ArrayList<>();
        boolean several =
                context.results().runs().stream().anyMatch(run -> run.done().size() > 1);
        boolean published = runs.stream().anyMatch(run -> context.published(run).isPresent());
        if (several || published) {
            String words = published ? several ? "ours, mean over seeds" : "ours" : "mean over seeds";
            entries.add(new LegendEntry(Sample.LINE, Hue.INK, words));
        }
        if (several) {
            entries.add(new LegendEntry(Sample.BAND, Hue.INK, "lowest to highest seed"));
        }
        if (published) {
            entries.add(new LegendEntry(Sample.DASHED, Hue.INK, "published"));
        }
        return entries;
    }

    static String capital(String words) {
        return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
    }

    private static Series series(
            RunResults run, Metric metric, String label, Hue hue, Series.Stroke stroke, boolean band) {
        List<Spread> spreads = new ArrayList<>();
        SortedMap<Integer, List<Double>> byEpoch = byEpoch(run, metric);
        byEpoch.values()
                .forEach(values -> spreads.add(Spread.of(
                        values.stream().mapToDouble(Double::doubleValue).toArray())));
        boolean several = spreads.stream().anyMatch(spread -> spread.n() > 1);
        return new Series(
                label,
                hue,
                stroke,
                byEpoch.keySet().stream().mapToDouble(Integer::doubleValue).toArray(),
                spreads.stream().mapToDouble(Spread::mean).toArray(),
                band && several
                        ? Optional.of(new Series.Band(
                                spreads.stream().mapToDouble(Spread::min).toArray(),
                                spreads.stream().mapToDouble(Spread::max).toArray()))
                        : Optional.empty());
    }

    private static SortedMap<Integer, List<Double>> byEpoch(RunResults run, Metric metric) {
        SortedMap<Integer, List<Double>> byEpoch = new TreeMap<>();
        List<SeedResults> seeds = run.done().isEmpty() ? run.seeds() : run.done();
        for (SeedResults seed : seeds) {
            for (EpochMetrics epoch : seed.epochs()) {
                byEpoch.computeIfAbsent(epoch.epoch(), number -> new ArrayList<>())
                        .add(metric.of(epoch));
            }
        }
        return byEpoch;
    }
}
