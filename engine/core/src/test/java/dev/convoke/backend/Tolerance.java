package dev.convoke.backend;

/**
 * How far a result may be off.
 *
 * @param relative share of the scale that it is compared on
 * @param reason why it is that large, in words
 * @param measure what of a tensor's differences counts
 */
public record Tolerance(double relative, String reason, Measure measure) {
    /** Every value of a tensor by itself. */
    public Tolerance(double relative, String reason) {
        this(relative, reason, Measure.LARGEST);
    }

    /** What of a tensor's differences counts. */
    public enum Measure {
        /** The largest. */
        LARGEST,
        /**
         * Their root mean square: where a rounding may turn a choice (which of a window's values is the largest, whether a
         * unit is active, on which side of zero a penalized weight lies), single values differ by all that they are.
         */
        ROOT_MEAN_SQUARE
    }
}
