package dev.convoke.bench.peers;

import dev.convoke.sweep.Suites;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** How long engines take until they are there, and what memory they hold when they train. */
final class StartUpBench {
    private static final String RUN = "base-adam";
    private static final int BATCH = 32;
    /** Training stops after so long; the largest memory is reached in the first steps. */
    private static final double LONGEST_EPOCH_SECONDS = 8;
    /** Steps between two looks at the clock. */
    private static final int STEPS_AT_ONCE = 10;

    private static final double NANOS = 1e9;
    private static final double MEBI = 1 << 20;
    private static final int ONE_THREAD = 1;

    private final Settings settings;
    private final Consumer<String> lines;

    StartUpBench(Settings settings, Consumer<String> lines) {
        this.settings = settings;
        this.lines = lines;
    }

    /** Something that is started, and ends. */
    private record Start(String title, Runnable run) {}

    /** Largest memory of an engine that trains, and the images that it had trained. */
    private record Peak(long bytes, long images) {}

    List<StartUp> measure(PeerWorkloads workloads) {
        List<Competitor> trainers = settings.competitors().stream()
                .filter(each -> each.use() == Competitor.Use.ALWAYS && (each.isReference() || !each.isConvoke()))
                .toList();
        List<Start> starts = new ArrayList<>();
        starts.add(new Start("convoke --help", this::help));
        for (Competitor competitor : settings.competitors()) {
            if (trainers.contains(competitor) || !competitor.trains()) {
                starts.add(new Start(competitor.title() + ", engine loaded", () -> load(competitor)));
            }
        }
        List<Rates> seconds = seconds(starts);
        List<StartUp> found = new ArrayList<>();
        for (int i = 0; i < starts.size(); i++) {
            found.add(new StartUp(starts.get(i).title(), seconds.get(i), 0, 0));
        }
        Path epoch = workloads.epoch(Suites.run(RUN), BATCH);
        found.add(commandLine(workloads));
        for (Competitor competitor : trainers) {
            found.add(training(competitor, epoch));
        }
        show(found);
        return found;
    }

    /** Seconds from start to end, in alternation like everything else. */
    private List<Rates> seconds(List<Start> starts) {
        double[][] seconds = new double[starts.size()][settings.rounds()];
        for (int round = 0; round < settings.rounds(); round++) {
            for (int i = 0; i < starts.size(); i++) {
                long begun = System.nanoTime();
                starts.get(i).run().run();
                seconds[i][round] = (System.nanoTime() - begun) / NANOS;
            }
        }
        List<Rates> all = new ArrayList<>();
        for (double[] each : seconds) {
            all.add(new Rates(each));
        }
        return all;
    }

    private void help() {
        run(List.of(settings.home().resolve("convoke").toString(), "--help"));
    }

    private void load(Competitor competitor) {
        try (PeerProcess peer = start(competitor)) {
            peer.ask("about");
        }
    }

    private PeerProcess start(Competitor competitor) {
        return new PeerProcess(competitor, ONE_THREAD, settings);
    }

    /** One epoch of {@code convoke train}: data, augmentation, evaluation and report included. */
    private StartUp commandLine(PeerWorkloads workloads) {
        TrainingData data = workloads.source();
        Path folder = workloads.folder().resolve("train");
        Path file = workloads.folder().resolve("peak");
        Competitor convoke = Competitor.named(List.of(Competitor.REFERENCE)).get(0);
        List<String> command = new ArrayList<>(PeerProcess.command(convoke, ONE_THREAD, settings.home()));
        command.set(command.size() - 1, MeasuredCommand.class.getName());
        command.addAll(
                List.of(file.toString(), "train", RUN, "--epochs", "1", "--quiet", "--offline", "--device", "cpu"));
        command.addAll(
                List.of("--out", folder.toString(), "--dataset", data.data().name()));
        data.folder().ifPresent(path -> command.addAll(List.of("--data-dir", path.toString())));
        long begun = System.nanoTime();
        run(command);
        Rates seconds = new Rates(new double[] {(System.nanoTime() - begun) / NANOS});
        try {
            long bytes = Long.parseLong(Files.readString(file).trim());
            return new StartUp(
                    "convoke train " + RUN + " --epochs 1",
                    seconds,
                    bytes,
                    data.data().train().count());
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private StartUp training(Competitor competitor, Path epoch) {
        long begun = System.nanoTime();
        try (PeerProcess peer = start(competitor)) {
            peer.ask("train-open " + epoch + " on");
            Peak peak = train(peer, begun);
            Rates seconds = new Rates(new double[] {(System.nanoTime() - begun) / NANOS});
            return new StartUp(competitor.title() + ", trains", seconds, peak.bytes(), peak.images());
        }
    }

    private static Peak train(PeerProcess peer, long begun) {
        int steps = Integer.parseInt(peer.ask("steps"));
        int step = 0;
        while (step < steps && (System.nanoTime() - begun) / NANOS < LONGEST_EPOCH_SECONDS) {
            int next = Math.min(steps, step + STEPS_AT_ONCE);
            peer.train(step, next);
            step = next;
        }
        return new Peak(Long.parseLong(peer.ask("peak")), (long) step * BATCH);
    }

    private void run(List<String> command) {
        Path log = settings.out().resolve("convoke.log");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            int code = process.waitFor();
            if (code != 0) {
                throw new BenchException(String.join(" ", command) + " ended with exit code " + code + "; see " + log);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(command.get(0) + ": cannot be started: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
    }

    private void show(List<StartUp> found) {
        List<String[]> cells = new ArrayList<>();
        cells.add(new String[] {"", "seconds", "peak MiB", "images"});
        for (StartUp each : found) {
            cells.add(new String[] {
                each.title(),
                String.format(Locale.ROOT, "%.2f", each.seconds().median()),
                each.peakBytes() == 0 ? "" : String.format(Locale.ROOT, "%,.0f", each.peakBytes() / MEBI),
                each.images() == 0 ? "" : String.format(Locale.ROOT, "%,d", each.images())
            });
        }
        lines.accept("start-up and memory, batch " + BATCH + ", 1 thread");
        ResultText.aligned(cells).forEach(lines);
        lines.accept("");
    }
}
