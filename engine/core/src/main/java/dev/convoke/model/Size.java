package dev.convoke.model;

/**
 * Rows and columns of a window, or from one to the next.
 *
 * @param height rows, at least 1
 * @param width columns, at least 1
 */
public record Size(int height, int width) {
    public static final Size ONE = square(1);

    public Size {
        if (height < 1 || width < 1) {
            throw new ModelException("a size must be at least 1, not " + height + "x" + width);
        }
    }

    public static Size square(int side) {
        return new Size(side, side);
    }

    /** Rows times columns. */
    public int area() {
        return height * width;
    }

    public boolean isSquare() {
        return height == width;
    }

    @Override
    public String toString() {
        return height + "x" + width;
    }
}
