package dev.convoke.backend.cpu;

import dev.convoke.plan.Segment;

/**
 * A layer whose passes can be cut: forward and back to its input into parts of a batch, the gradients of its parameters into
 * ranges of filters (units). Parts may run at the same time, and so may ranges; {@code worker} says whose workspace serves.
 * The bits of what they compute are those of the whole passes.
 */
interface CpuSplitLayer {
    /** Sets the output's values for the images of {@code part}. */
    void forward(int part, int worker);

    /** Sets the gradient of the input where it is wanted, and masks that of the output where the layer has a ReLU. */
    void backwardData(int part, int worker);

    /** Sets the gradients of filters {@code from .. to - 1}; every part's {@link #backwardData} went before. */
    void backwardFilters(int from, int to, int worker);

    /** The weights of the layer, filters first. */
    Segment kernel();

    Segment bias();

    int filters();

    /** Filters in a range are a multiple of this. */
    int filterStep();

    /** The copy of the weights that the passes read. */
    CpuPackedWeights packed();
}
