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
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A sweep on a terminal: a line a run, drawn over itself a few times a second. Where there are more runs than lines, those
 * under way come first, then the ones that ended last, and a line tells how many are hidden. A narrow terminal gets fewer
 * columns. A single trial leaves a line an epoch above the table.
 */
final class LiveTable implements SweepListener, AutoCloseable {
    private static final long INTERVAL_NANOS = 200_000_000;
    /** The lines above the runs, the one below them, and the cursor's. */
    private static final int FRAME_LINES = 4;

    private static final int SHORTEST_NAME = 10;
    private static final int LONGEST_NAME = 40;
    private static final int SHORTEST_BAR = 6;
    private static final int LONGEST_BAR = 20;

    /** A column of figures, in the order in which they are shown. */
    private enum Figure {
        EPOCH("epoch", 8, 0),
        TRAIN("train acc", 10, 2),
        VALIDATION("val acc", 9, 0),
        LOSS("val loss", 9, 1),
        RATE("rate", 9, 4),
        SPEED("images/s", 9, 3),
        STATE("seeds", 9, 0);

        private final String title;
        private final int width;
        /** Columns of the highest rank are the first that a narrow terminal leaves out. */
        private final int rank;

        Figure(String title, int width, int rank) {
            this.title = title;
            this.width = width;
            this.rank = rank;
        }
    }

    /** What fits beside each other. */
    private record Layout(int name, int bar, List<Figure> figures) {
        static Layout of(int columns, int longestName) {
            List<Figure> figures = new ArrayList<>(List.of(Figure.values()));
            int wanted = Math.max(SHORTEST_NAME, Math.min(longestName, LONGEST_NAME));
            int least = Math.min(wanted, (SHORTEST_NAME + LONGEST_NAME) / 2) + 1 + SHORTEST_BAR;
            for (int rank = 4; rank > 0 && width(figures) + least > columns; rank--) {
                int left = rank;
                figures.removeIf(figure -> figure.rank == left);
            }
            int room = columns - width(figures) - 1;
            int name = Math.max(SHORTEST_NAME, Math.min(wanted, room - SHORTEST_BAR));
            return new Layout(name, Math.max(SHORTEST_BAR, Math.min(LONGEST_BAR, room - name)), figures);
        }

        private static int width(List<Figure> figures) {
            return figures.stream().mapToInt(figure -> figure.width).sum();
        }
    }

    private final Console console;
    private final int jobs;
    private Map<String, String> labels = Map.of();
    private Layout layout = Layout.of(0, 0);
    private int columns;
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

        /** The mean over seeds of their last epochs; NaN before there is any. */
        double last(ToDoubleFunction<EpochMetrics> value) {
            return last.values().stream().mapToDouble(value).average().orElse(Double.NaN);
        }

        boolean hasEnded() {
            return ended.size() == epochsDone.size();
        }

        long bad() {
            return ended.stream()
                    .filter(seed -> seed.status() != SweepResults.Status.DONE)
                    .count();
        }
    }

    @Override
    public void sweepStarted(List<Trial> trials) {
        for (Trial trial : trials) {
            line(trial).epochsDone.put(trial.seed(), 0.0);
        }
        // A warning may have drawn the table before its runs were known.
        columns = 0;
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
        if (runs.size() == 1 && line(trial).epochsDone.size() == 1) {
            erase();
            console.remark(PlainProgress.line(metrics, line(trial).epochs));
            draw(true);
        } else {
            draw(false);
        }
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
        fit();
        List<String> lines = lines();
        int room = columns - 1;
        console.draw(up(), lines.stream().map(line -> Ansi.cut(line, room)).toList());
        linesOnScreen = lines.size();
    }

    /** Lays the table out anew where the window has another width than before. */
    private void fit() {
        int now = console.progressColumns();
        if (now == columns) {
            return;
        }
        columns = now;
        List<String> names = List.copyOf(runs.keySet());
        layout = Layout.of(
                columns - 1, names.stream().mapToInt(String::length).max().orElse(0));
        List<String> fitted = RunNames.fitted(names, layout.name());
        labels = IntStream.range(0, names.size()).boxed().collect(Collectors.toMap(names::get, fitted::get));
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
        StringBuilder titles = new StringBuilder(padded("run", layout.name() + 1 + layout.bar()));
        layout.figures().forEach(figure -> titles.append(right(figure.title, figure.width)));
        lines.add(console.remarkStyled(Style.DIM, titles.toString()));
        List<RunLine> visible = visible();
        visible.forEach(run -> lines.add(row(run)));
        int hidden = runs.size() - visible.size();
        if (hidden > 0) {
            long done = runs.values().stream()
                    .filter(run -> !visible.contains(run) && run.hasEnded())
                    .count();
            lines.add(console.remarkStyled(
                    Style.DIM, hidden + (hidden == 1 ? " more run, " : " more runs, ") + done + " of them ended"));
        }
        return lines;
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    private static String right(String text, int width) {
        return " ".repeat(Math.max(1, width - text.length())) + text;
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
        int full = (int) Math.round(run.share() * layout.bar());
        String bar = "━".repeat(full) + console.remarkStyled(Style.DIM, "─".repeat(layout.bar() - full));
        String name = padded(labels.getOrDefault(run.name, run.name), layout.name());
        StringBuilder row = new StringBuilder(run.isActive() ? console.remarkStyled(Style.ACCENT, name) : name)
                .append(' ')
                .append(bar);
        for (Figure figure : layout.figures()) {
            String text = right(figure(run, figure), figure.width);
            row.append(figure == Figure.STATE ? styled(run, text) : text);
        }
        return row.toString();
    }

    private static String figure(RunLine run, Figure figure) {
        EpochProgress progress = run.underWay.values().stream().findFirst().orElse(null);
        return switch (figure) {
            case EPOCH ->
                (progress == null ? (int) run.last(EpochMetrics::epoch) : progress.epoch()) + "/" + run.epochs;
            case TRAIN -> percent(run.last(EpochMetrics::trainAccuracy));
            case VALIDATION -> percent(run.last(EpochMetrics::valAccuracy));
            case LOSS -> number("%.4f", run.last(EpochMetrics::valLoss));
            case RATE -> number("%.2g", run.last(EpochMetrics::learningRate));
            case SPEED -> progress == null ? "" : number("%,.0f", progress.imagesPerSecond());
            case STATE -> state(run);
        };
    }

    private static String number(String format, double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, format, value);
    }

    private static String percent(double share) {
        return Double.isNaN(share) ? "" : String.format(Locale.ROOT, "%.2f%%", 100 * share);
    }

    private static String state(RunLine run) {
        long bad = run.bad();
        return bad > 0 ? bad + " failed" : run.hasEnded() ? "done" : run.ended.size() + "/" + run.epochsDone.size();
    }

    private String styled(RunLine run, String text) {
        return run.bad() > 0
                ? console.remarkStyled(Style.BAD, text)
                : run.hasEnded() ? console.remarkStyled(Style.GOOD, text) : text;
    }
}
