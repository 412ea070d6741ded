package dev.convoke.model;

/** An optimizer state array with one value per parameter; initially zero. */
public enum OptimizerSlot {
    /** Running sum of gradients: momentum of SGD and of RMSprop. */
    VELOCITY("velocity"),
    /** Running mean of squared gradients: RMSprop. */
    SQUARE("square"),
    /** Running mean of gradients: Adam, AdamW. */
    FIRST_MOMENT("m"),
    /** Running mean of squared gradients: Adam, AdamW. */
    SECOND_MOMENT("v"),
    /**
     * Gradients of the batches since the last update, where several make one. Right behind an update it may hold anything: the
     * next batch overwrites it.
     */
    ACCUMULATED("accumulated"),
    /** Running mean of the weights; begins with the weights themselves. */
    AVERAGE("average");

    private final String label;

    OptimizerSlot(String label) {
        this.label = label;
    }

    /** Its part of a tensor's name in a saved state. */
    public String label() {
        return label;
    }
}
