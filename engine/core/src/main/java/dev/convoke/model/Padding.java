package dev.convoke.model;

import java.util.List;
import java.util.Locale;

/**
 * How a sliding window treats the border.
 *
 * @param mode the rule
 * @param top zeros above the first row; of {@link Mode#EXPLICIT} alone, as the other three
 * @param left zeros before the first column
 * @param bottom zeros below the last row
 * @param right zeros after the last column
 */
public record Padding(Mode mode, int top, int left, int bottom, int right) {
    /** Zeros around the input so that the output has {@code ceil(size / stride)} rows; the odd zero goes last. */
    public static final Padding SAME = new Padding(Mode.SAME, 0, 0, 0, 0);

    /** No zeros; windows that would leave the input are dropped. */
    public static final Padding VALID = new Padding(Mode.VALID, 0, 0, 0, 0);

    /** The rule. */
    public enum Mode {
        SAME,
        VALID,
        /** The numbers of zeros are given. */
        EXPLICIT
    }

    public Padding {
        if (top < 0 || left < 0 || bottom < 0 || right < 0) {
            throw new ModelException("padding must not be negative, not " + List.of(top, left, bottom, right));
        }
    }

    /** Zeros given for each side. */
    public static Padding of(int top, int left, int bottom, int right) {
        return new Padding(Mode.EXPLICIT, top, left, bottom, right);
    }

    /** The same number of zeros on every side. */
    public static Padding of(int zeros) {
        return of(zeros, zeros, zeros, zeros);
    }

    /** {@code same}, {@code valid}, a number, or a list {@code [top, left, bottom, right]}. */
    static Padding read(Fields fields) {
        if (fields.isWord("padding")) {
            return switch (fields.choice("padding", Mode.class, Mode.VALID)) {
                case SAME -> SAME;
                case VALID -> VALID;
                case EXPLICIT ->
                    throw fields.error(
                            "padding", "give the zeros themselves, [top, left, bottom, right] or one number");
            };
        }
        List<Integer> zeros = fields.counts("padding", 0, List.of());
        return switch (zeros.size()) {
            case 0 -> VALID;
            case 1 -> of(zeros.get(0));
            case 4 -> of(zeros.get(0), zeros.get(1), zeros.get(2), zeros.get(3));
            default -> throw fields.error("padding", "expected one number or four, [top, left, bottom, right]");
        };
    }

    /** As {@link #read} takes it. */
    Object text() {
        return mode == Mode.EXPLICIT ? List.of(top, left, bottom, right) : toString();
    }

    /**
     * Zeros before and after one axis.
     *
     * @param input rows (or columns) of the input
     * @param window rows that the window spans, gaps of dilation included
     * @param stride rows from one window to the next
     * @param first zeros before, where they are explicit
     * @param last zeros after, where they are explicit
     */
    int[] zeros(int input, int window, int stride, int first, int last) {
        return switch (mode) {
            case VALID -> new int[] {0, 0};
            case EXPLICIT -> new int[] {first, last};
            case SAME -> {
                int output = (input + stride - 1) / stride;
                int total = Math.max(0, (output - 1) * stride + window - input);
                yield new int[] {total / 2, total - total / 2};
            }
        };
    }

    @Override
    public String toString() {
        return mode == Mode.EXPLICIT
                ? List.of(top, left, bottom, right).toString()
                : mode.name().toLowerCase(Locale.ROOT);
    }
}
