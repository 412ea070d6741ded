package dev.convoke.backend;

/**
 * A dropout layer's mask as integers, so that every backend draws the same one: a value is kept iff the upper 24 bits of
 * its word are at least {@code threshold}, and is then multiplied by {@code scale}.
 *
 * @param threshold {@code round(rate * 2^24)}; 0 keeps everything
 * @param scale {@code 1 / (1 - rate)}, rounded to float32
 */
public record DropoutMask(int threshold, float scale) {
    private static final double WORDS = 0x1p24;

    public static DropoutMask of(double rate) {
        return new DropoutMask((int) StrictMath.round(rate * WORDS), (float) (1 / (1 - rate)));
    }

    /** Whether the value with this random word is kept. */
    public boolean keeps(int word) {
        return word >>> 8 >= threshold;
    }
}
