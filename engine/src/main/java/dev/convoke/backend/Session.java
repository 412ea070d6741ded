package dev.convoke.backend;

import dev.convoke.datasets.ImageSet;
import dev.convoke.plan.Program;
import java.util.List;

/**
 * Parameters and optimizer state of one or more trials on one device, and the plans that move them. Not for use by several
 * threads at once; each session may live on a thread of its own.
 */
public interface Session extends AutoCloseable {
    Program program();

    /**
     * Trains steps {@code fromStep .. toStep - 1} of {@code epoch}. Epochs and steps count from 0; the order of the images,
     * their augmentation, masks and learning rates follow from the seed, the epoch and the step alone, so a range may be cut
     * anywhere. Running statistics, losses and correct counts add up on the device and are read once, here.
     *
     * @return sums over the range, one for each trial
     */
    List<TrainingSums> train(int epoch, int fromStep, int toStep);

    /** Runs {@code images} through the trial's network as it is, without dropout and with running statistics. */
    Evaluation evaluate(int trial, ImageSet images);

    /**
     * Copies the trial's state out: parameters, running statistics and optimizer state, canonical names and order.
     *
     * <p>Names: {@code conv1/kernel}; optimizer state is {@code optimizer/NAME/SEGMENT} with NAME {@code velocity} (SGD with
     * momentum, RMSprop with momentum), {@code square} (RMSprop), {@code m}, {@code v} (Adam, AdamW).
     */
    NamedTensors state(int trial);

    /**
     * Replaces the trial's state.
     *
     * @param state names of {@link #state}; optimizer state may be missing as a whole, which resets it to zeros
     * @param steps optimizer steps that went before, for Adam's bias correction
     * @throws IllegalArgumentException if a parameter is missing, unknown or of another shape; the message names it
     */
    void restore(int trial, NamedTensors state, long steps);

    /**
     * One training step's forward and backward without the update, laid open for comparison: every slot and gradient that
     * the backend materialises, canonical layout. Changes nothing, running statistics included.
     */
    Trace trace(int trial, int epoch, int step);

    /**
     * Trains as {@link #train} does, and measures every part of every step. Measuring may slow the steps down: a backend that
     * otherwise runs them as one says what it did in the parts' names.
     *
     * @throws DeviceException if the backend does not measure itself
     * @throws IllegalArgumentException if the range holds the smaller batch at the end of an epoch
     */
    default StepProfile profile(int epoch, int fromStep, int toStep) {
        throw new DeviceException("this device does not measure its steps; profile with --device cpu or cuda");
    }

    @Override
    void close();
}
