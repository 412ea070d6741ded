package dev.convoke.model;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * An update rule without its learning rate, which the {@link Schedule} gives. Constants default to Keras'.
 *
 * <p>To add one: a record and a {@link Kind} here, its method of {@link Visitor}; the compiler names what else lacks it.
 */
public sealed interface Optimizer {
    Kind kind();

    /** Its state arrays, each of the size of the parameters, in the order of a saved state. */
    List<OptimizerSlot> slots();

    /** Floating-point operations of an update, for each weight. */
    int flops();

    /** Decoupled weight decay of a parameter of that role. */
    default double weightDecay(Role role) {
        return 0;
    }

    /**
     * The factor of the learning rate at an update: Adam's bias correction, 1 elsewhere.
     *
     * @param update from 1
     */
    default double correction(long update) {
        return 1;
    }

    /**
     * Whether a step is the gradient divided by its own magnitude, so that a gradient that consists of rounding errors
     * moves its weight as far as any other.
     */
    default boolean isAdaptive() {
        return true;
    }

    /** Writes its constants. */
    void write(Map<String, Object> fields);

    <R> R accept(Visitor<R> visitor);

    /** Its text in a suite. */
    default Map<String, Object> text() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", kind().text());
        write(fields);
        return fields;
    }

    /** Something that is different for every optimizer. */
    interface Visitor<R> {
        R visit(Sgd optimizer);

        R visit(RmsProp optimizer);

        R visit(Adam optimizer);

        R visit(AdamW optimizer);
    }

    /** The optimizers, by their text. */
    @SuppressWarnings("ImmutableEnumChecker") // a reader holds no state
    enum Kind {
        SGD(Sgd::read),
        RMSPROP(RmsProp::read),
        ADAM(Adam::read),
        ADAMW(AdamW::read);

        private final Function<Fields, Optimizer> reader;

        Kind(Function<Fields, Optimizer> reader) {
            this.reader = reader;
        }

        public String text() {
            return Text.of(this);
        }

        public Optimizer read(Fields fields) {
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

    /** {@code v = momentum * v - rate * g; w += v}, or with Nesterov {@code w += momentum * v - rate * g}: Keras' of any version. */
    record Sgd(double momentum, boolean nesterov) implements Optimizer {
        public static final Sgd DEFAULT = new Sgd(0, false);

        public Sgd {
            Check.unit("momentum", momentum);
            if (nesterov && momentum == 0) {
                throw new ModelException("nesterov needs a momentum above 0");
            }
        }

        static Optimizer read(Fields fields) {
            return new Sgd(fields.number("momentum", 0), fields.flag("nesterov", false));
        }

        @Override
        public Kind kind() {
            return Kind.SGD;
        }

        @Override
        public List<OptimizerSlot> slots() {
            return momentum == 0 ? List.of() : List.of(OptimizerSlot.VELOCITY);
        }

        @Override
        public int flops() {
            return momentum == 0 ? 2 : 4;
        }

        @Override
        public boolean isAdaptive() {
            return false;
        }

        @Override
        public void write(Map<String, Object> fields) {
            fields.put("momentum", momentum);
            fields.put("nesterov", nesterov);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.visit(this);
        }
    }

    /**
     * {@code s = rho * s + (1 - rho) * g^2}, then the gradient divided by its root, as {@link Version} says; with momentum
     * {@code v = momentum * v + rate * (that); w -= v}.
     */
    record RmsProp(double rho, double momentum, double epsilon, Version version) implements Optimizer {
        public static final RmsProp DEFAULT = new RmsProp(0.9, 0, 1e-7);

        /** Where epsilon stands. */
        public enum Version {
            /**
             * TensorFlow up to 2.10: {@code g / (sqrt(s) + epsilon)} without momentum, {@code g / sqrt(s + epsilon)} with
             * it.
             */
            TENSORFLOW,
            /** Keras since 2.11, Keras 3: {@code g / sqrt(s + epsilon)}. */
            KERAS
        }

        public RmsProp {
            Check.unit("rho", rho);
            Check.unit("momentum", momentum);
            Check.positive("epsilon", epsilon);
        }

        /** TensorFlow's, as the report has it. */
        public RmsProp(double rho, double momentum, double epsilon) {
            this(rho, momentum, epsilon, Version.TENSORFLOW);
        }

        static Optimizer read(Fields fields) {
            return new RmsProp(
                    fields.number("rho", 0.9),
                    fields.number("momentum", 0),
                    fields.number("epsilon", 1e-7),
                    fields.choice("version", Version.class, Version.TENSORFLOW));
        }

        /** Whether epsilon stands inside of the root. */
        public boolean epsilonInRoot() {
            return version == Version.KERAS || momentum != 0;
        }

        @Override
        public Kind kind() {
            return Kind.RMSPROP;
        }

        @Override
        public List<OptimizerSlot> slots() {
            return momentum == 0
                    ? List.of(OptimizerSlot.SQUARE)
                    : List.of(OptimizerSlot.SQUARE, OptimizerSlot.VELOCITY);
        }

        @Override
        public int flops() {
            return 8;
        }

        @Override
        public void write(Map<String, Object> fields) {
            fields.put("rho", rho);
            fields.put("momentum", momentum);
            fields.put("epsilon", epsilon);
            fields.put("version", Text.of(version));
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.visit(this);
        }
    }

    /**
     * {@code w -= rate * sqrt(1 - beta2^t) / (1 - beta1^t) * m / (sqrt(v) + epsilon)}: Kingma and Ba 2015, section 2, with
     * epsilon as in all versions of Keras. PyTorch adds it after the correction.
     */
    record Adam(double beta1, double beta2, double epsilon) implements Optimizer {
        public static final Adam DEFAULT = new Adam(0.9, 0.999, 1e-7);

        public Adam {
            Check.unit("beta1", beta1);
            Check.unit("beta2", beta2);
            Check.positive("epsilon", epsilon);
        }

        static Optimizer read(Fields fields) {
            return new Adam(fields.number("beta1", 0.9), fields.number("beta2", 0.999), fields.number("epsilon", 1e-7));
        }

        @Override
        public Kind kind() {
            return Kind.ADAM;
        }

        @Override
        public List<OptimizerSlot> slots() {
            return MOMENTS;
        }

        @Override
        public int flops() {
            return ADAM_FLOPS;
        }

        @Override
        public double correction(long update) {
            return adamCorrection(beta1, beta2, update);
        }

        @Override
        public void write(Map<String, Object> fields) {
            fields.put("beta1", beta1);
            fields.put("beta2", beta2);
            fields.put("epsilon", epsilon);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.visit(this);
        }
    }

    /**
     * Adam with {@code w -= rate * weightDecay * w} apart from the gradient (Loshchilov and Hutter 2019).
     *
     * @param decays which parameters decay
     */
    record AdamW(double beta1, double beta2, double epsilon, double weightDecay, Decays decays) implements Optimizer {
        public static final AdamW DEFAULT = new AdamW(0.9, 0.999, 1e-7, 0.004);

        /** Which parameters decay; {@link ParameterRule} spares layers. */
        public enum Decays {
            /** Kernels, the usual advice. */
            KERNELS,
            /** Biases, scales and shifts too, as Keras and PyTorch do unless told otherwise. */
            ALL
        }

        public AdamW {
            Check.unit("beta1", beta1);
            Check.unit("beta2", beta2);
            Check.positive("epsilon", epsilon);
            Check.notNegative("weight decay", weightDecay);
        }

        /** Kernels decay. */
        public AdamW(double beta1, double beta2, double epsilon, double weightDecay) {
            this(beta1, beta2, epsilon, weightDecay, Decays.KERNELS);
        }

        static Optimizer read(Fields fields) {
            return new AdamW(
                    fields.number("beta1", DEFAULT.beta1),
                    fields.number("beta2", DEFAULT.beta2),
                    fields.number("epsilon", DEFAULT.epsilon),
                    fields.number("weight_decay", DEFAULT.weightDecay),
                    fields.choice("decays", Decays.class, Decays.KERNELS));
        }

        @Override
        public Kind kind() {
            return Kind.ADAMW;
        }

        @Override
        public List<OptimizerSlot> slots() {
            return MOMENTS;
        }

        @Override
        public int flops() {
            return ADAM_FLOPS;
        }

        @Override
        public double weightDecay(Role role) {
            return role == Role.KERNEL || decays == Decays.ALL ? weightDecay : 0;
        }

        @Override
        public double correction(long update) {
            return adamCorrection(beta1, beta2, update);
        }

        @Override
        public void write(Map<String, Object> fields) {
            fields.put("beta1", beta1);
            fields.put("beta2", beta2);
            fields.put("epsilon", epsilon);
            fields.put("weight_decay", weightDecay);
            fields.put("decays", Text.of(decays));
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.visit(this);
        }
    }

    /** What Adam and AdamW keep. */
    List<OptimizerSlot> MOMENTS = List.of(OptimizerSlot.FIRST_MOMENT, OptimizerSlot.SECOND_MOMENT);

    /** Operations of an update of Adam, for each weight. */
    int ADAM_FLOPS = 12;

    private static double adamCorrection(double beta1, double beta2, long update) {
        double t = (double) update;
        return Math.sqrt(1 - Math.pow(beta2, t)) / (1 - Math.pow(beta1, t));
    }
}
