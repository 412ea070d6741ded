package dev.convoke.model;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * The function that a network minimizes: the mean over a batch of a loss per image. It defines the form of its targets and
 * its metrics.
 *
 * <p>To add one: a record and a {@link Kind} here, its method of {@link Visitor}; the compiler reports every other place
 * that must handle it.
 */
public sealed interface Loss {
    /** Values that it reads for each image. */
    int outputs();

    Kind kind();

    /** What the targets of an image are. */
    Target target();

    /** Its two metrics, each a mean over images that backends accumulate. */
    List<Metric> metrics();

    /** The loss of an uninformed prediction; empty if it depends on the data. */
    OptionalDouble ofGuessing();

    /**
     * Turns what the last layer gives into predictions, in place: probabilities by softmax or sigmoid; numbers stay as they
     * are.
     *
     * @param values {@code [N, outputs]}
     */
    default void toPredictions(float[] values) {
        switch (target()) {
            case CLASS -> softmax(values, outputs());
            case LABELS -> sigmoid(values);
            case VALUES -> {}
        }
    }

    /** The ONNX operator after the last layer; empty if its values are the prediction. */
    Optional<OnnxOperator> onnx();

    /** Writes its fields but the name and what the data say. */
    void write(Map<String, Object> fields);

    <R> R accept(Visitor<R> visitor);

    /** Its text in a saved model. */
    default Map<String, Object> text() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", kind().text());
        fields.put("outputs", outputs());
        write(fields);
        return fields;
    }

    /** The form of an image's target. */
    enum Target {
        /** One class of several. */
        CLASS,
        /** A number from 0 to 1 for each output: whether a label holds. */
        LABELS,
        /** A number for each output. */
        VALUES
    }

    /** A metric of a loss. */
    enum Metric {
        /** Share of images whose largest output is their class. */
        ACCURACY("accuracy"),
        /** Share of images whose class is among the largest outputs. */
        TOP_K_ACCURACY("top_k_accuracy"),
        /** Share of labels that are on the right side of 0.5. */
        LABEL_ACCURACY("label_accuracy"),
        /** Share of images all of whose labels are. */
        EXACT_MATCH("exact_match"),
        /** Mean distance of the outputs from their targets. */
        MEAN_ABSOLUTE_ERROR("mean_absolute_error"),
        /** Mean squared distance; with the targets' variance it gives R squared. */
        MEAN_SQUARED_ERROR("mean_squared_error");

        private final String label;

        Metric(String label) {
            this.label = label;
        }

        /** Its key in results. */
        public String label() {
            return label;
        }
    }

    /** Something that is different for every loss. */
    interface Visitor<R> {
        R visit(SoftmaxCrossEntropy loss);

        R visit(SigmoidCrossEntropy loss);

        R visit(MeanSquaredError loss);

        R visit(Huber loss);
    }

    /** The losses, by their text. */
    @SuppressWarnings("ImmutableEnumChecker") // a reader holds no state
    enum Kind {
        SOFTMAX_CROSS_ENTROPY(SoftmaxCrossEntropy::read),
        SIGMOID_CROSS_ENTROPY(SigmoidCrossEntropy::read),
        MEAN_SQUARED_ERROR(fields -> new MeanSquaredError(fields.outputs())),
        HUBER(Huber::read);

        private final Function<Fields, Loss> reader;

        Kind(Function<Fields, Loss> reader) {
            this.reader = reader;
        }

        public String text() {
            return Text.of(this);
        }

        /** Reads a loss of as many outputs as {@code fields} say. */
        public Loss read(Fields fields) {
            return reader.apply(fields);
        }

        public static List<String> texts() {
            return Arrays.stream(values()).map(Kind::text).toList();
        }

        /**
         * The kind that a suite calls {@code text}.
         *
         * @throws IllegalArgumentException if there is none
         */
        public static Kind of(String text) {
            return Arrays.stream(values())
                    .filter(kind -> kind.text().equals(text))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("'" + text + "' is none of " + texts()));
        }
    }

    /**
     * Softmax and cross-entropy: {@code loss = -w[label] * sum over k of target[k] * log softmax(logits)[k]}, {@code target[k]
     * = (k is the label ? 1 - smoothing : 0) + smoothing / classes}.
     *
     * @param classes how many, at least 2
     * @param labelSmoothing the share of probability that the target spreads evenly over all classes, 0 for one-hot targets
     * @param classWeights w, a factor for the images of each class, as Keras' {@code class_weight}: the mean still divides by
     *     the number of images; empty for 1
     * @param topK how many of the largest outputs {@link Metric#TOP_K_ACCURACY} looks at
     */
    record SoftmaxCrossEntropy(int classes, double labelSmoothing, List<Double> classWeights, int topK)
            implements Loss {
        /** Default k of the top-k accuracy. */
        public static final int TOP_K = 5;

        public SoftmaxCrossEntropy {
            classWeights = List.copyOf(classWeights);
            if (classes < 2) {
                throw new ModelException("a model needs 2 classes or more, not " + classes);
            }
            if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
                throw new ModelException("label smoothing must be in [0, 1), not " + labelSmoothing);
            }
            if (topK < 1) {
                throw new ModelException("top_k must be at least 1, not " + topK);
            }
            checkWeights(classWeights, classes);
        }

        public static SoftmaxCrossEntropy of(int classes, double labelSmoothing) {
            return new SoftmaxCrossEntropy(classes, labelSmoothing, List.of(), TOP_K);
        }

        static Loss read(Fields fields) {
            return new SoftmaxCrossEntropy(
                    fields.outputs(),
                    fields.number("label_smoothing", 0),
                    fields.numbers("class_weights", List.of()),
                    fields.count("top_k", 1, TOP_K));
        }

        @Override
        public int outputs() {
            return classes;
        }

        @Override
        public Kind kind() {
            return Kind.SOFTMAX_CROSS_ENTROPY;
        }

        @Override
        public Target target() {
            return Target.CLASS;
        }

        @Override
        public List<Metric> metrics() {
            return List.of(Metric.ACCURACY, Metric.TOP_K_ACCURACY);
        }

        @Override
        public OptionalDouble ofGuessing() {
            return OptionalDouble.of(Math.log(classes));
        }

        @Override
        public Optional<OnnxOperator> onnx() {
            return Optional.of(
                    OnnxOperator.of("Softmax", OnnxOperator.Axes.FEATURES).with("axis", 1L));
        }

        @Override
        public void write(Map<String, Object> fields) {
            fields.put("label_smoothing", labelSmoothing);
            if (!classWeights.isEmpty()) {
                fields.put("class_weights", classWeights);
            }
            fields.put("top_k", topK);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.visit(this);
        }
    }

    /**
     * Sigmoid and cross-entropy, for several labels an image: {@code loss = mean over k of -w[k] * (t[k] log s(x[k]) + (1 -
     * t[k]) log(1 - s(x[k])))}, as Keras' {@code binary_crossentropy}, {@code t = target * (1 - smoothing) + smoothing / 2}.
     *
     * @param labels how many
     * @param labelSmoothing how far targets are moved towards 1/2
     * @param labelWeights w, a factor for each label; empty for 1
     */
    record SigmoidCrossEntropy(int labels, double labelSmoothing, List<Double> labelWeights) implements Loss {
        public SigmoidCrossEntropy {
            labelWeights = List.copyOf(labelWeights);
            Check.atLeastOne("sigmoid_cross_entropy", "labels", labels);
            if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
                throw new ModelException("label smoothing must be in [0, 1), not " + labelSmoothing);
            }
            checkWeights(labelWeights, labels);
        }

        public SigmoidCrossEntropy(int labels) {
            this(labels, 0, List.of());
        }

        static Loss read(Fields fields) {
            return new SigmoidCrossEntropy(
                    fields.outputs(), fields.number("label_smoothing", 0), fields.numbers("class_weights", List.of()));
        }

        @Override
        public int outputs() {
            return labels;
        }

        @Override
        public Kind kind() {
            return Kind.SIGMOID_CROSS_ENTROPY;
        }

        @Override
        public Target target() {
            return Target.LABELS;
        }

        @Override
        public List<Metric> metrics() {
            return List.of(Metric.LABEL_ACCURACY, Metric.EXACT_MATCH);
        }

        @Override
        public OptionalDouble ofGuessing() {
            return OptionalDouble.of(Math.log(2));
        }

        @Override
        public Optional<OnnxOperator> onnx() {
            return Optional.of(OnnxOperator.of("Sigmoid", OnnxOperator.Axes.FEATURES));
        }

        @Override
        public void write(Map<String, Object> fields) {
            fields.put("label_smoothing", labelSmoothing);
            if (!labelWeights.isEmpty()) {
                fields.put("class_weights", labelWeights);
            }
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.visit(this);
        }
    }

    /** {@code loss = mean over k of (x[k] - target[k])^2}. */
    record MeanSquaredError(int outputs) implements Loss {
        public MeanSquaredError {
            Check.atLeastOne("mean_squared_error", "outputs", outputs);
        }

        @Override
        public Kind kind() {
            return Kind.MEAN_SQUARED_ERROR;
        }

        @Override
        public Target target() {
            return Target.VALUES;
        }

        @Override
        public List<Metric> metrics() {
            return REGRESSION;
        }

        @Override
        public OptionalDouble ofGuessing() {
            return OptionalDouble.empty();
        }

        @Override
        public Optional<OnnxOperator> onnx() {
            return Optional.empty();
        }

        @Override
        public void write(Map<String, Object> fields) {
            // There is nothing to choose.
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.visit(this);
        }
    }

    /**
     * With e the distance from the target, {@code loss = mean over k of e^2 / 2} up to {@code delta}, beyond that {@code delta
     * * (e - delta / 2)} (Huber 1964).
     */
    record Huber(int outputs, double delta) implements Loss {
        public Huber {
            Check.atLeastOne("huber", "outputs", outputs);
            Check.positive("delta", delta);
        }

        static Loss read(Fields fields) {
            return new Huber(fields.outputs(), fields.number("delta", 1));
        }

        @Override
        public Kind kind() {
            return Kind.HUBER;
        }

        @Override
        public Target target() {
            return Target.VALUES;
        }

        @Override
        public List<Metric> metrics() {
            return REGRESSION;
        }

        @Override
        public OptionalDouble ofGuessing() {
            return OptionalDouble.empty();
        }

        @Override
        public Optional<OnnxOperator> onnx() {
            return Optional.empty();
        }

        @Override
        public void write(Map<String, Object> fields) {
            fields.put("delta", delta);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.visit(this);
        }
    }

    /** Metrics of a regression. */
    List<Metric> REGRESSION = List.of(Metric.MEAN_ABSOLUTE_ERROR, Metric.MEAN_SQUARED_ERROR);

    private static void softmax(float[] values, int classes) {
        for (int from = 0; from < values.length; from += classes) {
            double largest = values[from];
            for (int k = 1; k < classes; k++) {
                largest = Math.max(largest, values[from + k]);
            }
            double sum = 0;
            for (int k = 0; k < classes; k++) {
                sum += Math.exp(values[from + k] - largest);
            }
            for (int k = 0; k < classes; k++) {
                values[from + k] = (float) (Math.exp(values[from + k] - largest) / sum);
            }
        }
    }

    private static void sigmoid(float[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (1 / (1 + Math.exp(-values[i])));
        }
    }

    private static void checkWeights(List<Double> weights, int outputs) {
        if (!weights.isEmpty() && weights.size() != outputs) {
            throw new ModelException("class_weights has " + weights.size() + " numbers for " + outputs + " outputs");
        }
        weights.forEach(weight -> Check.notNegative("class_weights", weight));
    }
}
