package dev.convoke.bench.peers;

import dev.convoke.sweep.Suite;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Runs all sections, one number of threads after the other. */
final class Comparison {
    private static final List<Integer> INFERENCE_BATCHES = List.of(1, 256);
    /** Images of one inference pass. */
    private static final int INFERENCE_IMAGES = 2048;

    private final Settings settings;
    private final TrainingData data;
    private final Consumer<String> lines;
    private final Results results;

    /**
     * A comparison to be run.
     *
     * @param lines receives each line of the tables as soon as it is available
     */
    Comparison(Settings settings, TrainingData data, Consumer<String> lines) {
        this.settings = settings;
        this.data = data;
        this.lines = lines;
        results = new Results(settings, data.data().name());
    }

    /** What has been found so far. */
    Results results() {
        return results;
    }

    void run() {
        Path work = temporary();
        try {
            PeerWorkloads workloads = new PeerWorkloads(data, work);
            List<TrainingCase> cases = cases(workloads);
            for (int threads : settings.threads()) {
                measure(threads, cases, workloads);
            }
            if (settings.sections().contains(Settings.Section.STARTUP)) {
                new StartUpBench(settings, lines).measure(workloads).forEach(results::add);
            }
            ResultText.summary(results.groups()).forEach(lines);
        } finally {
            remove(work);
        }
    }

    private List<TrainingCase> cases(PeerWorkloads workloads) {
        List<TrainingCase> cases = new ArrayList<>();
        if (settings.sections().contains(Settings.Section.TRAINING)) {
            for (Suite.Run run : settings.runs()) {
                for (int batch : settings.batches()) {
                    try {
                        cases.addAll(workloads.training(run, batch, settings.states()));
                    } catch (UnsupportedNetworkException e) {
                        refuse(Settings.Section.TRAINING, run, batch, e.reason());
                    }
                }
            }
        }
        return cases;
    }

    /** A table for a network that no peer supports: every row gives the reason. */
    private void refuse(Settings.Section section, Suite.Run run, int batch, String reason) {
        List<Row> rows = settings.competitors().stream()
                .map(each -> Row.without(each, EngineOutcome.UNSUPPORTED, "not supported: " + reason))
                .toList();
        int threads = settings.threads().get(0);
        show(new Group(section, run.name(), batch, threads, WeightState.INITIAL, Map.of(), 0, rows));
    }

    private void measure(int threads, List<TrainingCase> cases, PeerWorkloads workloads) {
        List<PeerProcess> peers = new ArrayList<>();
        List<Row> absent = new ArrayList<>();
        try {
            for (Competitor competitor : settings.competitors()) {
                PeerProcess peer = new PeerProcess(competitor, threads, settings);
                peers.add(peer);
                try {
                    results.engine(competitor, threads, peer.ask("about"));
                } catch (BenchException e) {
                    peers.remove(peer);
                    peer.close();
                    String log =
                            settings.out().resolve(competitor.name() + ".log").toString();
                    absent.add(Row.without(
                            competitor, EngineOutcome.FAILED, "does not start on this machine; see " + log));
                }
            }
            List<PeerProcess> trainers =
                    peers.stream().filter(peer -> peer.competitor().trains()).toList();
            SharedCache cache = new SharedCache(threads);
            for (TrainingCase each : cases) {
                show(new TrainingBench(settings, threads, trainers, cache)
                        .measure(each)
                        .with(absent));
            }
            if (settings.sections().contains(Settings.Section.INFERENCE)) {
                answer(threads, peers, cache, workloads, absent);
            }
        } finally {
            peers.forEach(PeerProcess::close);
        }
    }

    private void answer(
            int threads, List<PeerProcess> peers, SharedCache cache, PeerWorkloads workloads, List<Row> absent) {
        for (Suite.Run run : settings.runs()) {
            for (int batch : INFERENCE_BATCHES) {
                int images = Math.min(INFERENCE_IMAGES, data.data().test().count()) / batch * batch;
                Path file;
                try {
                    file = workloads.inference(run, batch, images);
                } catch (UnsupportedNetworkException e) {
                    refuse(Settings.Section.INFERENCE, run, batch, e.reason());
                    continue;
                }
                show(new InferenceBench(settings, threads, peers, cache)
                        .measure(run.name(), batch, images, file)
                        .with(absent));
            }
        }
    }

    private void show(Group group) {
        results.add(group);
        ResultText.lines(group).forEach(lines);
        lines.accept("");
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("convoke-peers-");
        } catch (IOException e) {
            throw new UncheckedIOException("no temporary folder: " + e.getMessage(), e);
        }
    }

    private static void remove(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " cannot be removed: " + e.getMessage(), e);
        }
    }
}
