package dev.convoke.model;

/** What a parameter tensor is for; decides its initial values, and whether penalties and weight decay act on it. */
public enum Role {
    /** Weights of a convolution or a dense layer: Glorot uniform at the start, penalized. */
    KERNEL("kernel"),
    /** Zeros at the start, never penalized. */
    BIAS("bias"),
    /** Scale of batch normalization: ones at the start. */
    GAMMA("gamma"),
    /** Shift of batch normalization: zeros at the start. */
    BETA("beta"),
    /** Zeros at the start; the optimizer never sees it. */
    RUNNING_MEAN("running_mean"),
    /** Ones at the start; the optimizer never sees it. */
    RUNNING_VARIANCE("running_variance");

    private final String suffix;

    Role(String suffix) {
        this.suffix = suffix;
    }

    /** The last part of the tensor's name. */
    public String suffix() {
        return suffix;
    }

    /** Whether the optimizer never sees it. */
    public boolean isStatistic() {
        return this == RUNNING_MEAN || this == RUNNING_VARIANCE;
    }
}
