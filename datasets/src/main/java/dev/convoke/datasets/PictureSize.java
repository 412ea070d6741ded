package dev.convoke.datasets;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The size of a picture in pixels.
 *
 * @param width columns, at least 1
 * @param height rows, at least 1
 */
public record PictureSize(int width, int height) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,5})[xX](\\d{1,5})");

    public PictureSize {
        if (width < 1 || height < 1 || area(width, height) > Picture.MAX_PIXELS) {
            throw new DatasetException("a picture cannot be " + width + "x" + height + " pixels: none, or more than "
                    + Picture.MAX_PIXELS + "; give a smaller size");
        }
    }

    /**
     * Reads {@code 64x48}, width first.
     *
     * @throws DatasetException if {@code text} is no size
     */
    public static PictureSize parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new DatasetException("'" + text + "' is not a size; write WIDTHxHEIGHT in pixels, such as 64x48");
        }
        return new PictureSize(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    /** Pixels. */
    int area() {
        return width * height;
    }

    private static long area(long width, long height) {
        return width * height;
    }

    /** Width first: {@code 64x48}. */
    @Override
    public String toString() {
        return width + "x" + height;
    }
}
