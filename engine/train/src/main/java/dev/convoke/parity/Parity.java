package dev.convoke.parity;

import dev.convoke.backend.Backend;
import dev.convoke.backend.Execution;
import dev.convoke.backend.NamedTensors;
import dev.convoke.backend.Session;
import dev.convoke.backend.SessionRequest;
import dev.convoke.backend.StateLayout;
import dev.convoke.backend.Trace;
import dev.convoke.backend.TrainingSums;
import dev.convoke.backend.TrialSpec;
import dev.convoke.datasets.ImageSet;
import dev.convoke.datasets.Targets;
import dev.convoke.model.ImageShape;
import dev.convoke.model.Loss;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Optimizer;
import dev.convoke.model.Schedule;
import dev.convoke.parity.ParityRow.Quantity;
import dev.convoke.pipeline.Augmentation;
import dev.convoke.plan.Precision;
import dev.convoke.plan.Program;
import dev.convoke.plan.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** Holds a device against the float64 oracle. */
public final class Parity {
    private static final long SEED = 20_261_125;
    /** Of the op cases; the second step is traced, so that positions do not start at 0. */
    private static final int STEPS = 2;

    /** Training steps of the device before its state is reset to that of the reference. */
    private static final int STRETCH = 20;

    /** How far biases, scales and running statistics are moved from the zeros and ones where a run starts. */
    private static final double SHAKE = 0.3;

    /** Of made-up pictures: noise is below the first, and the second is added in a class's band. */
    private static final int DARK = 128;

    private static final int BRIGHT = 127;

    /** Targets of a regression are between this value and its negative: some close to the outputs, some far away. */
    private static final double SPREAD = 3;

    private static final String KERNEL = "/kernel";

    private final Backend device;
    private final Execution execution;
    private final Backend oracle;
    private final ParityTolerances tolerances;

    /**
     * @param device the device under test
     * @param execution how its sessions run
     * @param oracle the reference, in float64
     */
    public Parity(Backend device, Execution execution, Backend oracle) {
        this.device = device;
        this.execution = execution;
        this.oracle = oracle;
        this.tolerances = ParityTolerances.of(execution.precision());
    }

    /** One training step of the case's network, forward and backward. */
    public List<ParityRow> step(ParityCase networkCase) {
        ImageSet images = noise(networkCase.model(), STEPS * networkCase.batch());
        TrainingSetup setup = new TrainingSetup(
                networkCase.model(),
                Optimizer.Sgd.DEFAULT,
                new Schedule.Constant(0.05),
                Augmentation.NONE,
                networkCase.batch(),
                images,
                SEED);
        try (Session judged = open(device, execution, setup);
                Session right = open(oracle, oracleExecution(), setup)) {
            NamedTensors start = shaken(right.state());
            judged.restore(start, 0);
            right.restore(start, 0);
            Trace expected = right.trace(1, STEPS - 1);
            Trace actual = judged.trace(1, STEPS - 1);
            String name = networkCase.name();
            ModelSpec model = networkCase.model();
            return List.of(
                    new ParityRow(name, Quantity.FORWARD, forward(expected, actual), tolerances.forward(model)),
                    new ParityRow(name, Quantity.BACKWARD, backward(expected, actual), tolerances.backward(model)));
        }
    }

    private static double forward(Trace expected, Trace actual) {
        double loss = Distance.of(expected.loss(), actual.loss());
        Set<String> slots = expected.activations().names();
        return Math.max(loss, Distance.worst(expected.activations(), actual.activations(), slots));
    }

    private static double backward(Trace expected, Trace actual) {
        Set<String> parameters = expected.parameterGradients().names();
        if (!actual.parameterGradients().names().containsAll(parameters)) {
            return Double.NaN;
        }
        return Math.max(
                Distance.worst(expected.parameterGradients(), actual.parameterGradients(), parameters),
                Distance.worst(
                        expected.activationGradients(),
                        actual.activationGradients(),
                        expected.activationGradients().names()));
    }

    /**
     * The first steps of a training. Roundings grow from step to step until two right trainings have nothing in common;
     * therefore the device is given the oracle's state, the optimizer's included, after every {@value #STRETCH} steps.
     */
    public TrainingParity train(TrainingSetup setup, int steps) {
        List<Double> judgedLosses = new ArrayList<>();
        List<Double> rightLosses = new ArrayList<>();
        double parameters = 0;
        try (Session judged = open(device, execution, setup);
                Session right = open(oracle, oracleExecution(), setup)) {
            int stepsPerEpoch = judged.program().stepsPerEpoch();
            for (int step = 0; step < steps; step++) {
                int epoch = step / stepsPerEpoch;
                int at = step % stepsPerEpoch;
                judgedLosses.add(loss(judged, epoch, at));
                rightLosses.add(loss(right, epoch, at));
                if ((step + 1) % STRETCH == 0 || step + 1 == steps) {
                    NamedTensors expected = right.state();
                    Set<String> names = withoutOptimizer(expected);
                    parameters = Math.max(parameters, Distance.worst(expected, judged.state(), names));
                    judged.restore(expected, step + 1);
                }
            }
        }
        String name = steps + " steps, " + setup.optimizer().getClass().getSimpleName();
        List<ParityRow> rows = rows(name, tolerances.of(setup.optimizer()), judgedLosses, rightLosses, parameters);
        return new TrainingParity(name, judgedLosses, rightLosses, rows);
    }

    private static List<ParityRow> rows(
            String name,
            ParityTolerances.Training tolerance,
            List<Double> judged,
            List<Double> right,
            double parameters) {
        double worst = 0;
        for (int i = 0; i < right.size(); i++) {
            worst = Math.max(worst, Distance.of(right.get(i), judged.get(i)));
        }
        return List.of(
                new ParityRow(name, Quantity.LOSS_CURVE, worst, tolerance.lossCurve()),
                new ParityRow(name, Quantity.PARAMETERS, parameters, tolerance.parameters()));
    }

    private static double loss(Session session, int epoch, int step) {
        TrainingSums sums = session.train(epoch, step, step + 1);
        return sums.dataLoss() / sums.images();
    }

    private static Set<String> withoutOptimizer(NamedTensors state) {
        Set<String> names = new LinkedHashSet<>(state.names());
        names.removeIf(name -> name.startsWith(StateLayout.OPTIMIZER_PREFIX));
        return names;
    }

    private static Execution oracleExecution() {
        return new Execution(1, Precision.FLOAT64, Execution.KernelChoice.AUTO);
    }

    private static Session open(Backend backend, Execution execution, TrainingSetup setup) {
        Program program =
                Program.compile(setup.model(), setup.batch(), setup.images().count(), execution.precision());
        TrialSpec trial = new TrialSpec(setup.seed(), setup.optimizer(), setup.schedule(), program.stepsPerEpoch());
        return backend.open(new SessionRequest(program, setup.images(), setup.augmentation(), trial, execution));
    }

    /**
     * Distinguishable images: class k is brighter in the k-th band of rows. The rest is noise, since in flat areas many
     * pooling windows have several maxima, and rounding decides which of them receives the gradient.
     */
    public static ImageSet pictures(ImageShape shape, int classes, int count) {
        SplittableRandom random = new SplittableRandom(SEED);
        byte[] pixels = new byte[count * shape.size()];
        byte[] labels = new byte[count];
        int row = shape.width() * shape.channels();
        for (int i = 0; i < pixels.length; i++) {
            int image = i / shape.size();
            int band = i % shape.size() / row * classes / shape.height();
            pixels[i] = (byte) (random.nextInt(DARK) + (band == image % classes ? BRIGHT : 0));
            labels[image] = (byte) (image % classes);
        }
        return new ImageSet(shape.height(), shape.width(), shape.channels(), pixels, labels);
    }

    /** Noise with random targets: no two windows are alike, so that no maximum depends on a rounding. */
    private static ImageSet noise(ModelSpec model, int count) {
        ImageShape shape = model.input();
        SplittableRandom random = new SplittableRandom(SEED);
        byte[] pixels = new byte[count * shape.size()];
        random.nextBytes(pixels);
        return new ImageSet(
                shape.height(), shape.width(), shape.channels(), pixels, targets(model.loss(), count, random));
    }

    private static Targets targets(Loss loss, int count, SplittableRandom random) {
        if (loss.target() == Loss.Target.CLASS) {
            return new Targets.Classes(random.ints(count, 0, loss.outputs()).toArray());
        }
        float[] values = new float[count * loss.outputs()];
        for (int i = 0; i < values.length; i++) {
            values[i] = loss.target() == Loss.Target.LABELS
                    ? random.nextInt(2)
                    : (float) random.nextDouble(-SPREAD, SPREAD);
        }
        return new Targets.Values(loss.outputs(), values);
    }

    /**
     * Initial kernels, but nothing at the zeros and ones where a run starts: a device that forgets a bias, or mixes scale and
     * shift up, shows. Optimizer state is left out, which resets it.
     */
    private static NamedTensors shaken(NamedTensors state) {
        SplittableRandom random = new SplittableRandom(SEED);
        NamedTensors moved = new NamedTensors();
        for (String name : withoutOptimizer(state)) {
            Tensor tensor = state.get(name);
            float[] values = tensor.values().clone();
            for (int i = 0; i < values.length && !name.endsWith(KERNEL); i++) {
                values[i] += (float) random.nextDouble(-SHAKE, SHAKE);
            }
            moved.put(name, new Tensor(tensor.shape(), values));
        }
        return moved;
    }
}
