package dev.convoke.backend;

import dev.convoke.datasets.ImageSet;
import dev.convoke.plan.Program;

/**
 * Parameters and optimizer state of one network on one device, and the plans that update them. Not thread-safe; different
 * sessions may be used by different threads.
 */
public interface Session extends AutoCloseable {
    Program program();

    /**
     * Trains steps {@code fromStep .. toStep - 1} of {@code epoch}. Epochs and steps count from 0; the order of the images,
     * their augmentation, masks and learning rates follow from the seed, the epoch and the step alone, so a range may be cut
     * anywhere. Running statistics, losses and correct counts add up on the device and are read once, here.
     *
     * @return sums over the range
     */
    TrainingSums train(int epoch, int fromStep, int toStep);

    /**
     * From now on every learning rate is the schedule's times {@code factor}, which takes the place of an earlier factor: for
     * rules that look at how a training goes.
     */
    void scaleRate(double factor);

    /** Runs {@code images} through the network in inference mode, without dropout and with running statistics. */
    default Evaluation evaluate(ImageSet images) {
        return evaluate(images, 0, images.count());
    }

    /** The same for images {@code from .. to - 1}; the whole set may stay on the device until another one is asked for. */
    Evaluation evaluate(ImageSet images, int from, int to);

    /**
     * What the network makes of images {@code from .. to - 1}: for each the probability of every class or label, or the numbers
     * themselves where the loss is of numbers. {@link #evaluate} gives the largest of them alone. Targets must fit the loss,
     * but have no effect.
     *
     * @return {@code [N, outputs]}, image after image
     */
    float[] outputs(ImageSet images, int from, int to);

    /**
     * Copies the state out: parameters, running statistics and optimizer state, canonical names and order.
     *
     * <p>Names: {@code conv1/kernel}; optimizer state is {@code optimizer/NAME/SEGMENT} with NAME the
     * label of an {@link dev.convoke.model.OptimizerSlot}.
     */
    NamedTensors state();

    /**
     * Replaces the state.
     *
     * @param state names of {@link #state}; optimizer state may be missing as a whole, which resets it to zeros
     * @param updates that went before, for Adam's bias correction
     * @throws IllegalArgumentException if a parameter is missing, unknown or of another shape; the message names it
     */
    void restore(NamedTensors state, long updates);

    /**
     * One training step's forward and backward without the update, laid open for comparison: every slot and gradient that
     * the backend materializes, canonical layout. Changes nothing, running statistics included.
     */
    Trace trace(int epoch, int step);

    /**
     * Trains like {@link #train} and measures every part of every step. Measuring may slow the steps down; the names of the
     * parts describe how they were executed.
     *
     * @throws DeviceException if the backend does not support profiling
     * @throws IllegalArgumentException if the range holds the smaller batch at the end of an epoch
     */
    default StepProfile profile(int epoch, int fromStep, int toStep) {
        throw new DeviceException("this device does not measure its steps; profile with --device cpu or cuda");
    }

    @Override
    void close();
}
