package dev.convoke.cli;

import dev.convoke.report.RunNames;
import dev.convoke.sweep.SweepListener;
import dev.convoke.sweep.SweepResults;
import dev.convoke.sweep.Trial;
import dev.convoke.train.EpochMetrics;
import dev.convoke.train.EpochProgress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A sweep on a terminal: a line a run, drawn over itself a few times a second. Where there are more runs than lines, those
 * under way come first, then the ones that ended last.
 */
final class LiveTable implements SweepListener, AutoCloseable {
    private static final long INTERVAL_NANOS = 200_000_000;
    private static final int FRAME_LINES = 3;
    private static final int NAME_WIDTH = 22;
    private static final int BAR_WIDTH = 20;

    /** Columns right of the bar: figures and state. */
    private static final int FIGURES_WIDTH = 52;

    private final Console console;
    private final int jobs;
    private Map<String, String> labels = Map.of();
    private int nameWidth = NAME_WIDTH;
    private final Map<String, RunLine> runs = new LinkedHashMap<>();
    private final long started = System.nanoTime();
    private double workAtStart = -1;
    private long drawn;
    private int linesOnScreen;
    private int endings;

    LiveTable(Console console, int jobs) {
        this.console = console;
        this.jobs = jobs;
    }

    /** The state of a run over its seeds. */
    private static final class RunLine {
        private final String name;
        private final int epochs;
        private final Map<Long, Double> epochsDone = new LinkedHashMap<>();
        private final Map<Long, EpochProgress> underWay = new LinkedHashMap<>();
        private final Map<Long, EpochMetrics> last = new LinkedHashMap<>();
        private final List<SweepResults.SeedResults> ended = new ArrayList<>();
        private int endedAt;

        RunLine(String name, int epochs) {
            this.name = name;
            this.epochs = epochs;
        }

        double share() {
            double done = epochsDone.values().stream()
                    .mapToDouble(Double::doubleValue)
                    .sum();
            return done / Math.max(1, (double) epochs * epochsDone.size());
        }

        boolean isActive() {
            return !underWay.isEmpty();
        }
    }

    @Override
    public void sweepStarted(List<Trial> trials) {
        for (Trial trial : trials) {
            line(trial).epochsDone.put(trial.seed(), 0.0);
        }
        List<String> names = List.copyOf(runs.keySet());
        int longest = names.stream().mapToInt(String::length).max().orElse(0);
        int room = console.progressColumns() - BAR_WIDTH - FIGURES_WIDTH;
        nameWidth = Math.max(NAME_WIDTH, Math.min(longest, room));
        List<String> fitted = RunNames.fitted(names, nameWidth);
        labels = IntStream.range(0, names.size()).boxed().collect(Collectors.toMap(names::get, fitted::get));
        draw(true);
    }

    private RunLine line(Trial trial) {
        return runs.computeIfAbsent(
                trial.run().name(),
                name -> new RunLine(name, trial.run().settings().training().epochs()));
    }

    @Override
    public void warned(String message) {
        erase();
        console.remark("warning: " + message);
        draw(true);
    }

    @Override
    public void trialStarted(Trial trial, int epochsDone) {
        if (workAtStart < 0) {
            workAtStart = share();
        }
        line(trial).epochsDone.put(trial.seed(), (double) epochsDone);
        line(trial).underWay.put(trial.seed(), new EpochProgress(epochsDone + 1, line(trial).epochs, 0, 1, 0, 0, 0));
        draw(false);
    }

    @Override
    public void progress(Trial trial, EpochProgress progress) {
        RunLine line = line(trial);
        line.underWay.put(trial.seed(), progress);
        double part = (double) progress.images() / Math.max(1, progress.totalImages());
        line.epochsDone.put(trial.seed(), progress.epoch() - 1 + part);
        draw(false);
    }

    @Override
    public void epochEnded(Trial trial, EpochMetrics metrics) {
        line(trial).last.put(trial.seed(), metrics);
        line(trial).epochsDone.put(trial.seed(), (double) metrics.epoch());
        draw(false);
    }

    @Override
    public void trialEnded(Trial trial, SweepResults.SeedResults result) {
        RunLine line = line(trial);
        line.underWay.remove(trial.seed());
        if (result.status() == SweepResults.Status.MISSING) {
            // Not reached, or stopped: what it has of whole epochs stays on the bar.
            draw(false);
            return;
        }
        line.ended.add(result);
        line.endedAt = ++endings;
        line.epochsDone.put(trial.seed(), (double) line.epochs);
        if (!result.epochs().isEmpty()) {
            line.last.put(trial.seed(), result.epochs().get(result.epochs().size() - 1));
        }
        draw(result.status() != SweepResults.Status.DONE);
    }

    @Override
    public void close() {
        draw(true);
    }

    private void draw(boolean now) {
        long time = System.nanoTime();
        if (!now && time - drawn < INTERVAL_NANOS) {
            return;
        }
        drawn = time;
        List<String> lines = lines();
        int room = console.progressColumns() - 1;
        console.draw(up(), lines.stream().map(line -> Ansi.cut(line, room)).toList());
        linesOnScreen = lines.size();
    }

    private String up() {
        return linesOnScreen == 0 ? "" : "\r\u001b[" + linesOnScreen + "A";
    }

    private void erase() {
        console.draw(up(), List.of());
        linesOnScreen = 0;
    }

    private List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(console.remarkStyled(Style.BOLD, head()));
        lines.add(console.remarkStyled(
                Style.DIM,
                String.format(
                        Locale.ROOT,
                        "%-" + nameWidth + "s %-" + BAR_WIDTH + "s %7s %9s %9s %9s",
                        "run",
                        "",
                        "epoch",
                        "train",
                        "val",
                        "images/s")));
        for (RunLine run : visible()) {
            lines.add(row(run));
        }
        return lines;
    }

    private List<RunLine> visible() {
        int room = Math.max(jobs, console.progressRows() - FRAME_LINES);
        List<RunLine> all = new ArrayList<>(runs.values());
        if (all.size() <= room) {
            return all;
        }
        all.sort((a, b) -> a.isActive() != b.isActive() ? (a.isActive() ? -1 : 1) : b.endedAt - a.endedAt);
        return all.subList(0, room);
    }

    private String head() {
        long done = runs.values().stream().mapToLong(run -> run.ended.size()).sum();
        long all =
                runs.values().stream().mapToLong(run -> run.epochsDone.size()).sum();
        double seconds = (System.nanoTime() - started) / 1e9;
        String left = remaining(seconds);
        return String.format(
                Locale.ROOT,
                "%d of %d trials done, %d at a time  %s elapsed%s",
                done,
                all,
                jobs,
                Ansi.clock(seconds),
                left);
    }

    private double share() {
        return runs.values().stream().mapToDouble(RunLine::share).sum() / Math.max(1, runs.size());
    }

    private String remaining(double seconds) {
        double before = Math.max(0, workAtStart);
        double worked = share() - before;
        return worked < 0.01 ? "" : ", about " + Ansi.clock(seconds * (1 - before - worked) / worked) + " left";
    }

    private String row(RunLine run) {
        int full = (int) Math.round(run.share() * BAR_WIDTH);
        String bar = "━".repeat(full) + console.remarkStyled(Style.DIM, "─".repeat(BAR_WIDTH - full));
        EpochProgress progress = run.underWay.values().stream().findFirst().orElse(null);
        String name = String.format(Locale.ROOT, "%-" + nameWidth + "s", labels.getOrDefault(run.name, run.name));
        return (run.isActive() ? console.remarkStyled(Style.ACCENT, name) : name) + " " + bar + " "
                + figures(run, progress) + "  " + state(run);
    }

    private static String figures(RunLine run, @Nullable EpochProgress progress) {
        double train = run.last.values().stream()
                .mapToDouble(EpochMetrics::trainAccuracy)
                .average()
                .orElse(Double.NaN);
        double val = run.last.values().stream()
                .mapToDouble(EpochMetrics::valAccuracy)
                .average()
                .orElse(Double.NaN);
        int epoch =
                run.last.values().stream().mapToInt(EpochMetrics::epoch).max().orElse(0);
        return String.format(
                Locale.ROOT,
                "%4d/%-2d %9s %9s %9s",
                progress == null ? epoch : progress.epoch(),
                run.epochs,
                percent(train),
                percent(val),
                progress == null ? "" : String.format(Locale.ROOT, "%,.0f", progress.imagesPerSecond()));
    }

    private static String percent(double share) {
        return Double.isNaN(share) ? "" : String.format(Locale.ROOT, "%.2f%%", 100 * share);
    }

    private String state(RunLine run) {
        long bad = run.ended.stream()
                .filter(seed -> seed.status() != SweepResults.Status.DONE)
                .count();
        if (bad > 0) {
            return console.remarkStyled(Style.BAD, bad + " not done");
        }
        if (run.ended.size() == run.epochsDone.size()) {
            return console.remarkStyled(Style.GOOD, "done");
        }
        return run.epochsDone.size() > 1 ? run.ended.size() + "/" + run.epochsDone.size() + " seeds" : "";
    }
}
