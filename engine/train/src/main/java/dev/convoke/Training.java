package dev.convoke;

import dev.convoke.backend.Backend;
import dev.convoke.backend.Execution;
import dev.convoke.backend.Selection;
import dev.convoke.datasets.Dataset;
import dev.convoke.model.Loss;
import dev.convoke.model.ModelException;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Optimizer;
import dev.convoke.model.Schedule;
import dev.convoke.model.UpdateRule;
import dev.convoke.pipeline.Augmentation;
import dev.convoke.plan.Precision;
import dev.convoke.train.Cancellation;
import dev.convoke.train.CheckpointSink;
import dev.convoke.train.EarlyStopping;
import dev.convoke.train.EpochMetrics;
import dev.convoke.train.EpochProgress;
import dev.convoke.train.FinalModel;
import dev.convoke.train.Plateau;
import dev.convoke.train.RunControl;
import dev.convoke.train.Start;
import dev.convoke.train.TrainConfig;
import dev.convoke.train.TrainJob;
import dev.convoke.train.TrainListener;
import dev.convoke.train.TrainResult;
import dev.convoke.train.TrainedModel;
import dev.convoke.train.Trainer;
import dev.convoke.train.Validation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Trains a network on data. Defaults: Adam at a rate of 0.001, 10 epochs, 32 images a step, seed 1,
 * no augmentation, on the device that {@code auto} chooses, with all processors.
 *
 * <pre>{@code
 * TrainingRun run = Training.of(network, pictures).adam(0.001).epochs(20).keepBest().run();
 * System.out.println(run);
 * run.save(Path.of("shapes.safetensors"));
 * }</pre>
 *
 * <p>Every epoch is validated: on the part that the data came with, else on a tenth of the training images, chosen by seed. The
 * test images are evaluated once, at the end. The same network, data, settings, device and seed give the same bits, with any
 * number of threads. Not for use by several threads.
 */
public final class Training {
    private static final double RATE = 1e-3;
    private static final int EPOCHS = 10;
    private static final int BATCH = 32;

    private final ModelSpec network;
    private final Dataset data;
    private final List<TrainListener> listeners = new ArrayList<>();
    private Optimizer optimizer = Optimizer.Adam.DEFAULT;
    private Schedule schedule = new Schedule.Constant(RATE);
    private int epochs = EPOCHS;
    private int batch = BATCH;
    private long seed = 1;
    private Augmentation augmentation = Augmentation.NONE;
    private Validation validation;
    private @Nullable EarlyStopping stopping;
    private @Nullable Plateau plateau;
    private boolean balanced;
    private String device = Selection.AUTO;
    private int threads = Runtime.getRuntime().availableProcessors();
    private Cancellation cancellation = new Cancellation();
    private @Nullable TrainedModel start;

    private Training(ModelSpec network, Dataset data) {
        this.network = network;
        this.data = data;
        validation = new Validation.Auto();
    }

    /** A training with the usual settings. */
    public static Training of(ModelSpec network, Dataset data) {
        return new Training(network, data);
    }

    /** Adam at a constant learning rate. */
    public Training adam(double rate) {
        return optimizer(Optimizer.Adam.DEFAULT).schedule(new Schedule.Constant(rate));
    }

    /** Stochastic gradient descent with momentum (0 for none) at a constant learning rate. */
    public Training sgd(double rate, double momentum) {
        return optimizer(new Optimizer.Sgd(momentum, false)).schedule(new Schedule.Constant(rate));
    }

    public Training optimizer(Optimizer other) {
        optimizer = other;
        return this;
    }

    /** The learning rate by step. */
    public Training schedule(Schedule other) {
        schedule = other;
        return this;
    }

    /** Epochs at most. */
    public Training epochs(int most) {
        epochs = positive("epochs", most);
        return this;
    }

    /** Images a step. */
    public Training batch(int images) {
        batch = positive("batch", images);
        return this;
    }

    /** The seed of everything random: initial weights, order, held-out images, augmentation, dropout. */
    public Training seed(long other) {
        seed = other;
        return this;
    }

    /** Random changes to the training images. */
    public Training augment(Augmentation changes) {
        augmentation = changes;
        return this;
    }

    /** Validates on training images that are held out: below 1 a share of them, else a number. */
    public Training holdOut(double amount) {
        return validation(new Validation.HeldOut(amount));
    }

    /** Says which images are validated on. */
    public Training validation(Validation other) {
        validation = other;
        return this;
    }

    /** Ends with the weights of the epoch of the lowest validation loss, not of the last one. */
    public Training keepBest() {
        return earlyStopping(new EarlyStopping(
                EarlyStopping.Monitor.VAL_LOSS,
                OptionalInt.empty(),
                0,
                true,
                0,
                OptionalDouble.empty(),
                OptionalDouble.empty()));
    }

    /** Stops after {@code patience} epochs in which the validation loss did not fall, with the weights of the best epoch. */
    public Training stopAfter(int patience) {
        return earlyStopping(
                new EarlyStopping(EarlyStopping.Monitor.VAL_LOSS, positive("patience", patience), 0, true));
    }

    /** Says when to stop and which weights to end with. */
    public Training earlyStopping(EarlyStopping rule) {
        stopping = rule;
        return this;
    }

    /** Lowers the learning rate where the run stops improving. */
    public Training plateau(Plateau rule) {
        plateau = rule;
        return this;
    }

    /** Weighs the images of rare classes more: each class counts as if it had as many images as the others. */
    public Training balanceClasses() {
        balanced = true;
        return this;
    }

    /** Goes on from the weights of a model of the same network; chance and bias correction begin anew. */
    public Training startFrom(TrainedModel model) {
        start = model;
        return this;
    }

    /** {@code auto}, {@code cpu}, {@code cuda:1}, as the command line names it. */
    public Training device(String name) {
        device = name;
        return this;
    }

    /** Threads of the CPU; they change the time, not the result. */
    public Training threads(int count) {
        threads = positive("threads", count);
        return this;
    }

    /** Adds a listener, which may stop the run or scale its learning rate. Listeners are called in the order they were added. */
    public Training listen(TrainListener listener) {
        listeners.add(listener);
        return this;
    }

    /** Ends the run within about a second once {@code other} is cancelled, from any thread. */
    public Training cancelledBy(Cancellation other) {
        cancellation = other;
        return this;
    }

    /**
     * Trains, on the calling thread.
     *
     * @throws TrainingException if the run diverges or is cancelled
     * @throws ModelException if network, data and settings do not fit
     * @throws dev.convoke.backend.DeviceException if the device cannot run it
     */
    public TrainingRun run() {
        Backend backend = Selection.choose(device).backend();
        TrainConfig config = new TrainConfig(
                UpdateRule.of(optimizer),
                schedule,
                epochs,
                batch,
                augmentation,
                Optional.ofNullable(stopping),
                Optional.ofNullable(plateau));
        TrainJob job = new TrainJob(
                balanced ? balancedNetwork() : network,
                config,
                seed,
                validation.split(data, seed),
                start == null ? new Start.Fresh() : new Start.Continued(start.state(), 0, 0),
                Optional.empty());
        Execution execution = new Execution(threads, Precision.FLOAT32, Execution.KernelChoice.AUTO);
        TrainResult result =
                new Trainer(backend, execution).run(job, new Listeners(listeners), CheckpointSink.NONE, cancellation);
        FinalModel last =
                result.model().orElseThrow(() -> new TrainingException(network.name() + ": " + result.message()));
        return new TrainingRun(data, result, TrainedModel.of(job, last, data), last.test());
    }

    private ModelSpec balancedNetwork() {
        if (!(network.loss() instanceof Loss.SoftmaxCrossEntropy loss)
                || !data.train().hasClasses()) {
            throw new ModelException(network.name() + ": classes can be balanced where each image has one class"
                    + " and the loss is softmax cross-entropy; leave balanceClasses out");
        }
        int[] counts = new int[loss.classes()];
        Arrays.stream(data.train().labels()).forEach(label -> counts[label]++);
        List<Double> weights = Arrays.stream(counts)
                .mapToObj(count -> count == 0 ? 0.0 : (double) data.train().count() / loss.classes() / count)
                .toList();
        return new ModelSpec(
                network.name(),
                network.input(),
                network.nodes(),
                new Loss.SoftmaxCrossEntropy(loss.classes(), loss.labelSmoothing(), weights, loss.topK()));
    }

    private static int positive(String what, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(what + " must be at least 1, not " + value);
        }
        return value;
    }

    /** All listeners as one. */
    private record Listeners(List<TrainListener> all) implements TrainListener {
        @Override
        public void progress(EpochProgress progress) {
            all.forEach(each -> each.progress(progress));
        }

        @Override
        public void epochEnded(EpochMetrics metrics, RunControl control) {
            all.forEach(each -> each.epochEnded(metrics, control));
        }

        @Override
        public void runEnded(TrainResult result) {
            all.forEach(each -> each.runEnded(result));
        }
    }
}
