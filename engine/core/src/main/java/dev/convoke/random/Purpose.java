package dev.convoke.random;

/** What a stream of random words is for. Different purposes never share a word. */
public enum Purpose {
    /** The order in which an epoch visits the training images. */
    SHUFFLE(1),
    /** Dropout masks. */
    DROPOUT(2),
    /** Parameters of the affine augmentation. */
    AUGMENT(3),
    /** Initial weights. */
    WEIGHTS(4),
    /** Which training images are held out for validation. */
    HOLDOUT(5),
    /** Rectangles of random erasing. */
    ERASE(6),
    /** Displacement fields of elastic distortion. */
    ELASTIC(7);

    private final int code;

    Purpose(int code) {
        this.code = code;
    }

    /** The low byte of the fourth counter word; the native kernels use the same numbers. */
    public int code() {
        return code;
    }
}
