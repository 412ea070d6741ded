package dev.convoke.sweep;

/**
 * One run with one seed.
 *
 * @param run what is trained
 * @param seed of weights, order, masks and augmentation
 */
public record Trial(Suite.Run run, long seed) {
    /** {@code wide/seed-1}. */
    public String name() {
        return run.name() + "/seed-" + seed;
    }

    @Override
    public String toString() {
        return name();
    }
}
