package dev.convoke.report;

import dev.convoke.sweep.Metric;
import dev.convoke.sweep.Study.Published;
import dev.convoke.sweep.Study.PublishedEpoch;
import dev.convoke.sweep.Study.PublishedRun;
import dev.convoke.sweep.Suite;
import dev.convoke.sweep.Suites;
import dev.convoke.sweep.SweepResults;
import dev.convoke.sweep.SweepResults.DatasetFacts;
import dev.convoke.sweep.SweepResults.LayerFacts;
import dev.convoke.sweep.SweepResults.Machine;
import dev.convoke.sweep.SweepResults.Mistake;
import dev.convoke.sweep.SweepResults.RunResults;
import dev.convoke.sweep.SweepResults.SeedResults;
import dev.convoke.sweep.SweepResults.Status;
import dev.convoke.sweep.SweepResults.SuiteFacts;
import dev.convoke.sweep.SweepResults.TestResults;
import dev.convoke.train.Classification;
import dev.convoke.train.EpochMetrics;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/** Made-up sweeps that look like real ones: the notebook's histories with noise, plausible confusions, drawn digits. */
public final class SampleSweep {
    /** Test images of each digit in MNIST. */
    private static final int[] SUPPORT = {980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009};
    /** For each digit the three that it is most often taken for. */
    private static final int[][] TAKEN_FOR = {
        {6, 8, 2}, {7, 2, 8}, {5, 7, 3}, {5, 8, 2}, {9, 6, 7}, {2, 3, 6}, {0, 5, 4}, {2, 1, 9}, {3, 5, 9}, {4, 7, 8}
    };

    /** Of no data set. */
    static final String OTHER_DIGEST = "3f5d2a7c9e1b4406d8a7b1c2d3e4f5061728394a5b6c7d8e9f00112233445566";

    private SampleSweep() {}

    /** What the notebook published. */
    public static Published published() {
        return Suites.load("report").study().published().orElseThrow();
    }

    /** The report's suite on MNIST. */
    public static SweepResults report(int seeds) {
        return sweep("report", "mnist", runs(seeds));
    }

    /** Any of the report's suites on MNIST, with the notebook's histories and the suite's own settings. */
    public static SweepResults builtIn(String suite, int seeds) {
        return sweep(suite, "mnist", runs(suite, seeds));
    }

    /** The report's suite on the digits, whose published columns may not be compared. */
    public static SweepResults onDigits(int seeds) {
        return sweep("report", "digits", runs(seeds));
    }

    /** A sweep of any name over any runs. */
    public static SweepResults sweep(String suite, String dataset, List<RunResults> runs) {
        return new SweepResults(
                "0.1.0",
                "sweep " + suite + " --dataset " + dataset + " --seeds 5",
                "2026-11-22T21:58:00Z",
                2431.7,
                new Machine("Linux 6.1 amd64", "Example CPU", 2, "17.0.15", "cpu", "oneDNN 3.11, AVX2", 2, 1),
                new DatasetFacts(
                        dataset,
                        dataset.equals("mnist") ? published().digest() : OTHER_DIGEST,
                        60000,
                        10000,
                        10000,
                        suite.equals("report-sound") ? "holdout: 10000" : "test",
                        IntStream.range(0, 10).mapToObj(Integer::toString).toList()),
                new SuiteFacts(
                        suite,
                        "The MNIST report, run again",
                        "All fifteen runs of the notebook, as they were really run.",
                        "ab12cd34"),
                runs,
                List.of());
    }

    /** All fifteen runs. */
    public static List<RunResults> runs(int seeds) {
        return runs("report", seeds);
    }

    private static List<RunResults> runs(String suite, int seeds) {
        Suite loaded = Suites.load(suite);
        return published().runs().values().stream()
                .map(run -> run(run, loaded.run(run.name()).orElseThrow(), seeds))
                .toList();
    }

    private static RunResults run(PublishedRun published, Suite.Run run, int seeds) {
        List<SeedResults> results = new ArrayList<>();
        for (int seed = 1; seed <= seeds; seed++) {
            results.add(seed(published, seed));
        }
        return new RunResults(
                published.name(),
                "",
                run.startFrom().isPresent()
                        ? List.of("assumed: the notebook does not say which weights it went on from")
                        : List.of(),
                159626,
                run.given(),
                layers(published.name()),
                run.startFrom(),
                results);
    }

    private static List<LayerFacts> layers(String run) {
        List<LayerFacts> layers = new ArrayList<>();
        if (run.equals("four-blocks")) {
            block(layers, 1, "32x28x28", "32x14x14", 320);
            block(layers, 2, "64x14x14", "64x7x7", 18496);
            block(layers, 3, "64x7x7", "64x3x3", 36928);
            block(layers, 4, "128x3x3", "128x1x1", 73856);
            head(layers, 128, 16512);
        } else if (run.equals("two-blocks")) {
            block(layers, 1, "32x28x28", "32x14x14", 320);
            block(layers, 2, "64x12x12", "64x6x6", 18496);
            head(layers, 2304, 295040);
        } else {
            block(layers, 1, "32x28x28", "32x14x14", 320);
            block(layers, 2, "64x12x12", "64x6x6", 18496);
            block(layers, 3, "128x4x4", "128x2x2", 73856);
            if (run.equals("batch-norm")) {
                layers.add(layer("norm", "batch normalization", "128x2x2", 512));
            }
            head(layers, 512, 65664);
        }
        return layers;
    }

    private static void block(List<LayerFacts> layers, int n, String map, String pooled, int parameters) {
        layers.add(layer("conv" + n, "convolution 3x3", map, parameters));
        layers.add(layer("relu" + n, "relu", map, 0));
        layers.add(layer("pool" + n, "max pooling 2x2", pooled, 0));
    }

    private static void head(List<LayerFacts> layers, int flat, int parameters) {
        layers.add(layer("flatten", "flatten", Integer.toString(flat), 0));
        layers.add(layer("dense", "dense", "128", parameters));
        layers.add(layer("relu", "relu", "128", 0));
        layers.add(layer("dropout", "dropout", "128", 0));
        layers.add(layer("logits", "dense", "10", 1290));
    }

    private static LayerFacts layer(String name, String kind, String output, int parameters) {
        return new LayerFacts(name, kind, output, parameters, 1000L * parameters);
    }

    private static SeedResults seed(PublishedRun published, int seed) {
        Random random = new Random(published.name().hashCode() * 31L + seed);
        List<EpochMetrics> epochs = new ArrayList<>();
        for (PublishedEpoch e : published.history()) {
            double train = Math.exp(0.02 * random.nextGaussian());
            double val = Math.exp(0.09 * random.nextGaussian());
            epochs.add(new EpochMetrics(
                    e.epoch(),
                    10.5 + random.nextDouble(),
                    0.001,
                    e.figure(Metric.TRAIN_LOSS) * train,
                    e.figure(Metric.TRAIN_LOSS) * train,
                    1 - (1 - e.figure(Metric.TRAIN_ACCURACY)) * train,
                    e.figure(Metric.VAL_LOSS) * val,
                    e.figure(Metric.VAL_LOSS) * val,
                    1 - (1 - e.figure(Metric.VAL_ACCURACY)) * val));
        }
        double accuracy = epochs.get(epochs.size() - 1).valAccuracy();
        Classification classification = classification(accuracy, random);
        return new SeedResults(
                seed,
                Status.DONE,
                "",
                160 + 8 * random.nextDouble(),
                epochs,
                13,
                false,
                15,
                Optional.of(
                        new TestResults(0.04, 0.04, classification.accuracy(), classification, mistakes(random, 20))));
    }

    private static Classification classification(double accuracy, Random random) {
        List<List<Integer>> rows = new ArrayList<>();
        for (int c = 0; c < 10; c++) {
            int[] row = new int[10];
            int wrong = (int) Math.round(SUPPORT[c] * (1 - accuracy) * (c == 2 || c == 5 ? 2 : 0.75));
            for (int i = 0; i < wrong; i++) {
                double u = random.nextDouble();
                int other = u < 0.55
                        ? TAKEN_FOR[c][0]
                        : u < 0.75 ? TAKEN_FOR[c][1] : u < 0.9 ? TAKEN_FOR[c][2] : random.nextInt(10);
                row[other == c ? (c + 1) % 10 : other]++;
            }
            row[c] = SUPPORT[c] - IntStream.of(row).sum();
            rows.add(IntStream.of(row).boxed().toList());
        }
        return new Classification(rows);
    }

    private static List<Mistake> mistakes(Random random, int count) {
        List<Mistake> mistakes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int image = 400 * random.nextInt(25) + i;
            int label = image % 10;
            mistakes.add(new Mistake(
                    image,
                    label,
                    TAKEN_FOR[label][random.nextInt(3)],
                    1 - 0.04 * (i + random.nextDouble()),
                    28,
                    28,
                    1,
                    Base64.getEncoder().encodeToString(digit(label, new Random(image)))));
        }
        return mistakes;
    }

    /** A digit drawn as one bent line with soft edges, [28, 28, 1]. */
    private static byte[] digit(int digit, Random random) {
        double[][][] strokes = {
            {{10, 7}, {18, 7}, {20, 14}, {17, 21}, {10, 21}, {8, 14}, {10, 7}},
            {{12, 9}, {15, 6}, {14, 22}},
            {{9, 9}, {13, 6}, {18, 9}, {16, 14}, {9, 21}, {20, 21}},
            {{9, 7}, {18, 7}, {13, 13}, {19, 17}, {15, 22}, {9, 20}},
            {{11, 6}, {9, 14}, {19, 14}, {18, 7}, {17, 23}},
            {{18, 6}, {10, 7}, {10, 13}, {17, 14}, {18, 20}, {9, 21}},
            {{16, 6}, {10, 13}, {10, 20}, {17, 21}, {18, 15}, {10, 15}},
            {{8, 7}, {19, 7}, {13, 22}},
            {{14, 6}, {9, 10}, {18, 17}, {14, 22}, {9, 18}, {18, 10}, {14, 6}},
            {{18, 12}, {11, 13}, {10, 8}, {16, 6}, {18, 12}, {16, 22}}
        };
        double slant = 0.35 * random.nextGaussian();
        double width = 1.1 + 0.9 * random.nextDouble();
        byte[] pixels = new byte[28 * 28];
        for (int row = 0; row < 28; row++) {
            for (int column = 0; column < 28; column++) {
                double distance = distance(strokes[digit], column + slant * (row - 14) * 0.6, row);
                double ink = Math.max(0, Math.min(1, width + 0.7 - distance));
                pixels[row * 28 + column] = (byte) Math.round(255 * ink);
            }
        }
        return pixels;
    }

    private static double distance(double[][] line, double x, double y) {
        double nearest = Double.MAX_VALUE;
        for (int i = 1; i < line.length; i++) {
            double dx = line[i][0] - line[i - 1][0];
            double dy = line[i][1] - line[i - 1][1];
            double t = ((x - line[i - 1][0]) * dx + (y - line[i - 1][1]) * dy) / (dx * dx + dy * dy);
            double along = Math.max(0, Math.min(1, t));
            nearest = Math.min(nearest, Math.hypot(x - line[i - 1][0] - along * dx, y - line[i - 1][1] - along * dy));
        }
        return nearest;
    }

    /** A run of a user's own grid, with one seed of every fate. */
    public static RunResults troubled(String name) {
        SeedResults done = runs(1).get(0).seeds().get(0);
        List<SeedResults> seeds = List.of(
                done,
                new SeedResults(
                        2,
                        Status.DIVERGED,
                        "the training loss became NaN in epoch 3",
                        40,
                        done.epochs().subList(0, 2),
                        1,
                        false,
                        2,
                        Optional.empty()),
                new SeedResults(3, Status.FAILED, "out of memory", 1, List.of(), 0, false, 0, Optional.empty()),
                new SeedResults(4, Status.MISSING, "", 0, List.of(), 0, false, 0, Optional.empty()));
        return new RunResults(
                name,
                "Wider layers",
                List.of(),
                159626,
                Suites.load("report").runs().get(0).given(),
                layers("base-adam"),
                Optional.empty(),
                seeds);
    }

    /** A user's own suite: a grid with some runs that went wrong. */
    public static SweepResults grid() {
        List<RunResults> all = new ArrayList<>(runs(3).subList(3, 7));
        all.add(troubled("width=2, rate=0.01"));
        RunResults base = all.get(0);
        all.add(new RunResults(
                "never-started",
                "",
                List.of(),
                1000,
                Map.of("dropout", 0.2),
                List.of(),
                Optional.empty(),
                List.of(new SeedResults(1, Status.MISSING, "", 0, List.of(), 0, false, 0, Optional.empty()))));
        all.add(new RunResults(
                "one-epoch",
                "",
                List.of(),
                base.parameterCount(),
                base.parameters(),
                base.layers(),
                Optional.empty(),
                base.seeds().stream()
                        .map(seed -> new SeedResults(
                                seed.seed(),
                                Status.DONE,
                                "",
                                11,
                                seed.epochs().subList(0, 1),
                                1,
                                false,
                                1,
                                seed.test()))
                        .toList()));
        SweepResults sweep = sweep("my-grid", "mnist", all);
        return new SweepResults(
                sweep.convoke(),
                sweep.command(),
                sweep.created(),
                sweep.seconds(),
                sweep.machine(),
                sweep.dataset(),
                new SuiteFacts("my-grid", "", "", ""),
                all,
                List.of());
    }
}
