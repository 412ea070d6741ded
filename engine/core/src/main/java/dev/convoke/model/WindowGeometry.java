package dev.convoke.model;

/**
 * A window over images of one size.
 *
 * @param input shape read
 * @param output shape written
 * @param size rows and columns that the window looks at
 * @param stride from one window to the next
 * @param dilation distance between the rows (columns) that it looks at
 * @param padTop zeros above the first row
 * @param padLeft zeros before the first column
 * @param padBottom zeros below the last row
 * @param padRight zeros after the last column
 */
public record WindowGeometry(
        ImageShape input,
        ImageShape output,
        Size size,
        Size stride,
        Size dilation,
        int padTop,
        int padLeft,
        int padBottom,
        int padRight) {

    /** Whether there are no zeros on any side. */
    public boolean isUnpadded() {
        return padTop == 0 && padLeft == 0 && padBottom == 0 && padRight == 0;
    }

    /** Whether there are as many zeros on every side. */
    public boolean isEvenlyPadded() {
        return padTop == padBottom && padTop == padLeft && padTop == padRight;
    }

    /** Whether the window is {@code side} rows high and as wide, moves by {@code step} both ways and has no gaps. */
    public boolean is(int side, int step) {
        return size.equals(Size.square(side)) && stride.equals(Size.square(step)) && dilation.equals(Size.ONE);
    }
}
