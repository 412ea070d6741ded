package dev.convoke.sweep;

import dev.convoke.datasets.NearestName;
import dev.convoke.model.ActivationFunction;
import dev.convoke.model.Layer;
import dev.convoke.settings.ConfigurationException;
import dev.convoke.train.Classification;
import dev.convoke.train.EpochMetrics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The results of a sweep; {@code results.json} contains this record in the format of {@code results.schema.json}.
 *
 * @param convoke version of the program
 * @param command the command line that made it, without paths of the machine
 * @param created UTC, ISO 8601, to the second
 * @param seconds wall time of the sweep, all sessions together
 * @param machine the machine
 * @param dataset the data set
 * @param suite the request
 * @param runs in the suite's order
 * @param claims verdicts on the suite's claims; if it has none, the best run against the others
 */
public record SweepResults(
        String convoke,
        String command,
        String created,
        double seconds,
        Machine machine,
        DatasetFacts dataset,
        SuiteFacts suite,
        List<RunResults> runs,
        List<ClaimVerdict> claims) {

    public SweepResults {
        runs = List.copyOf(runs);
        claims = List.copyOf(claims);
    }

    public SweepResults withClaims(List<ClaimVerdict> judged) {
        return new SweepResults(convoke, command, created, seconds, machine, dataset, suite, runs, judged);
    }

    /** The same results with another suite, whose claims and published results are then used. */
    public SweepResults withSuite(SuiteFacts other) {
        return new SweepResults(convoke, command, created, seconds, machine, dataset, other, runs, claims);
    }

    SweepResults withRuns(List<RunResults> others) {
        return new SweepResults(convoke, command, created, seconds, machine, dataset, suite, others, claims);
    }

    /** The run of that name. */
    public Optional<RunResults> run(String name) {
        return runs.stream().filter(run -> run.name().equals(name)).findFirst();
    }

    /**
     * The run of that name.
     *
     * @throws ConfigurationException if there is none; the message names the nearest
     */
    public RunResults require(String name) {
        List<String> names = runs.stream().map(RunResults::name).toList();
        return run(name)
                .orElseThrow(() -> new ConfigurationException(
                        "sweep of '" + suite.name() + "' has no run '" + name + "'" + NearestName.hint(names, name)));
    }

    /**
     * Where a sweep ran.
     *
     * @param device backend name
     * @param detail the backend's own line: library, version, instruction set or GPU
     * @param jobs trials at a time
     * @param threads threads a trial
     */
    public record Machine(
            String os, String processor, int cores, String java, String device, String detail, int jobs, int threads) {}

    /**
     * The data of a sweep.
     *
     * @param digest SHA-256 over pixels and labels of both published parts
     * @param validation {@code test}, or {@code holdout: N}
     */
    public record DatasetFacts(
            String name,
            String digest,
            int trainImages,
            int validationImages,
            int testImages,
            String validation,
            List<String> classNames) {}

    /**
     * The suite of a sweep.
     *
     * @param digest SHA-256 of the suite's text
     * @param text the suite itself; missing in results of early versions
     * @param files the text of every file that its study names, by path
     */
    public record SuiteFacts(
            String name,
            String title,
            String description,
            String digest,
            Optional<String> text,
            Optional<Map<String, String>> files) {
        /** As early versions wrote it. */
        public SuiteFacts(String name, String title, String description, String digest) {
            this(name, title, description, digest, Optional.empty(), Optional.empty());
        }

        /** The facts of a suite. */
        public static SuiteFacts of(Suite suite) {
            return new SuiteFacts(
                    suite.name(),
                    suite.title(),
                    suite.description(),
                    suite.digest(),
                    Optional.of(suite.text()),
                    suite.files().isEmpty() ? Optional.empty() : Optional.of(suite.files()));
        }
    }

    /**
     * One run of the suite, over all its seeds.
     *
     * @param notes remarks on this run: {@code assumed: ...}
     * @param parameterCount counted as in Keras
     * @param parameters every setting by its key in the suite, flat: {@code learning_rate}, {@code dropout}
     * @param layers the network, one line per layer
     * @param startFrom the run that it continues
     */
    public record RunResults(
            String name,
            String title,
            List<String> notes,
            int parameterCount,
            Map<String, Object> parameters,
            List<LayerFacts> layers,
            Optional<String> startFrom,
            List<SeedResults> seeds) {
        public RunResults {
            seeds = List.copyOf(seeds);
        }

        /** Seeds that were trained to the end. */
        public List<SeedResults> done() {
            return seeds.stream().filter(seed -> seed.status() == Status.DONE).toList();
        }
    }

    /**
     * One layer of a network: what {@code summary} prints. The last three are missing in results of early versions.
     *
     * @param kind in a few words, such as {@code convolution 3x3}
     * @param output channels x rows x columns, or the length of a vector
     * @param parameters counted as in Keras
     * @param flops of one image's forward pass
     * @param type its type in a suite, such as {@code convolution}
     * @param shape of the output, {@code [C, H, W]}
     * @param inputs names of the layers that it reads, or of the images
     */
    public record LayerFacts(
            String name,
            String kind,
            String output,
            int parameters,
            long flops,
            Optional<String> type,
            Optional<List<Integer>> shape,
            Optional<List<String>> inputs) {
        /** As early versions wrote it. */
        public LayerFacts(String name, String kind, String output, int parameters, long flops) {
            this(name, kind, output, parameters, flops, Optional.empty(), Optional.empty(), Optional.empty());
        }

        /** The layers that it belongs with; where results do not say, the kind does, which begins with the type's words. */
        public Optional<Layer.Group> group() {
            return Arrays.stream(Layer.Kind.values())
                    .filter(each -> type.isPresent()
                            ? type.get().equals(each.text())
                            : kind.startsWith(each.text().replace('_', ' ')))
                    .map(Layer.Kind::group)
                    .findFirst()
                    .or(() -> isFunction() ? Optional.of(Layer.Group.ACTIVATION) : Optional.empty());
        }

        private boolean isFunction() {
            return Arrays.stream(ActivationFunction.values())
                    .anyMatch(function ->
                            kind.equals(function.name().toLowerCase(Locale.ROOT).replace('_', ' ')));
        }

        /** The output's shape, {@code [C, H, W]}; where results do not say, {@code output} does. */
        public List<Integer> sizes() {
            if (shape.isPresent() && shape.get().size() == 3) {
                return shape.get();
            }
            List<Integer> sizes = new ArrayList<>();
            for (String size : output.split("x", -1)) {
                sizes.add(size.matches("[0-9]{1,9}") ? Math.max(1, Integer.parseInt(size)) : 1);
            }
            return sizes.size() == 3 ? sizes : List.of(sizes.get(0), 1, 1);
        }
    }

    /** How one seed of a run stands. */
    public enum Status {
        DONE,
        /** The loss became infinite, not a number, or absurdly large. */
        DIVERGED,
        FAILED,
        /** Stopped, or not reached yet. */
        MISSING
    }

    /**
     * One seed of a run.
     *
     * @param message why it diverged or failed; empty otherwise
     * @param epochs as many as were trained
     * @param bestEpoch by validation loss, or by what early stopping monitors; from 1
     * @param stoppedEarly whether early stopping ended it
     * @param finalEpoch the epoch whose parameters the classification below is of
     * @param test the test set, evaluated once with the final parameters
     */
    public record SeedResults(
            long seed,
            Status status,
            String message,
            double seconds,
            List<EpochMetrics> epochs,
            int bestEpoch,
            boolean stoppedEarly,
            int finalEpoch,
            Optional<TestResults> test) {
        public SeedResults {
            epochs = List.copyOf(epochs);
        }
    }

    /**
     * The test set under the final parameters.
     *
     * @param accuracy share of images whose largest output is their class
     */
    public record TestResults(
            double loss, double dataLoss, double accuracy, Classification classification, List<Mistake> mistakes) {}

    /**
     * A misclassified image; sorted by confidence, highest first.
     *
     * @param image index in the test set
     * @param confidence softmax probability of the wrong class
     * @param height of the stored picture, which is smaller than the image if that is large
     * @param pixels {@code [H, W, C]} as base64 of unsigned bytes, so that a report needs no data set
     */
    public record Mistake(
            int image,
            int label,
            int prediction,
            double confidence,
            int height,
            int width,
            int channels,
            String pixels) {}

    /** What the runs say of a claim. */
    public enum Verdict {
        CONFIRMED,
        REFUTED,
        UNDECIDED,
        /** The runs of the suite cannot test it. */
        NOT_TESTED,
        /** What early versions wrote where the data or the suite was not the claim's own. */
        NOT_COMPARABLE
    }

    /**
     * A claim with its verdict.
     *
     * @param claim as text
     * @param verdict over all its parts
     * @param reason one or two sentences
     * @param comparisons the tests behind it
     * @param p in the direction of the verdict, corrected for the number of claims; NaN if nothing was tested; missing in
     *     results of early versions
     */
    public record ClaimVerdict(
            String id, String claim, Verdict verdict, String reason, List<Comparison> comparisons, Optional<Double> p) {
        public ClaimVerdict {
            comparisons = List.copyOf(comparisons);
        }
    }

    /**
     * One test.
     *
     * @param hypothesis the claim in symbols: {@code val_accuracy(a) > val_accuracy(b)}
     * @param metric the metric compared
     * @param n seeds on either side
     * @param effect difference of the means, in the metric's unit
     * @param statistic name and value of the statistic, NaN if unknown
     * @param p in the direction of the verdict, of this test alone (early versions: corrected); NaN if unknown
     * @param smallestEffect the smallest true difference that this test detects with a power of 0.8; NaN if unknown, or if
     *     it exceeds the range of the metric
     * @param verdict of this test, at the corrected level of its claim
     * @param low lower end of the 95 % interval of the effect; NaN if unknown. This and the following are missing in
     *     results of early versions
     * @param high its upper end
     * @param rankP of Wilcoxon's signed-rank test
     * @param unpairedP of Welch's t test, which ignores the pairing by seed
     * @param shape whether the differences fall into two groups, so that the rank test decides
     */
    public record Comparison(
            String hypothesis,
            String metric,
            int n,
            double effect,
            String statisticName,
            double statistic,
            double p,
            double smallestEffect,
            Verdict verdict,
            Optional<Double> low,
            Optional<Double> high,
            Optional<Double> rankP,
            Optional<Double> unpairedP,
            Optional<Shape> shape) {
        /** As early versions wrote it. */
        public Comparison(
                String hypothesis,
                String metric,
                int n,
                double effect,
                String statisticName,
                double statistic,
                double p,
                double smallestEffect,
                Verdict verdict) {
            this(
                    hypothesis,
                    metric,
                    n,
                    effect,
                    statisticName,
                    statistic,
                    p,
                    smallestEffect,
                    verdict,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
        }
    }

    /** The distribution of the differences of a test. */
    public enum Shape {
        ONE_GROUP,
        /** Two groups far apart, for which a t test is no use. */
        TWO_GROUPS
    }
}
