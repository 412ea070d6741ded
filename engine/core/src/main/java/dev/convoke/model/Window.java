package dev.convoke.model;

import java.util.List;
import java.util.Map;

/**
 * A window that slides over an image: of a convolution or a pooling.
 *
 * @param size rows and columns that it looks at
 * @param stride from one window to the next
 * @param dilation distance between the rows (columns) that it looks at; 1 for neighbors
 * @param padding what it does at the border
 */
public record Window(Size size, Size stride, Size dilation, Padding padding) {
    /** A square window without gaps. */
    public static Window square(int size, int stride, Padding padding) {
        return new Window(Size.square(size), Size.square(stride), Size.ONE, padding);
    }

    /** Reads {@code sizeKey}, {@code stride}, {@code padding} and, where the layer has it, {@code dilation}. */
    static Window read(Fields fields, String sizeKey, Size usualSize, boolean strideIsSize, boolean dilates) {
        Size size = size(fields, sizeKey, usualSize);
        Size stride = size(fields, "stride", strideIsSize ? size : Size.ONE);
        Size dilation = dilates ? size(fields, "dilation", Size.ONE) : Size.ONE;
        return new Window(size, stride, dilation, Padding.read(fields));
    }

    private static Size size(Fields fields, String key, Size otherwise) {
        List<Integer> given = fields.counts(key, 1, List.of());
        return switch (given.size()) {
            case 0 -> otherwise;
            case 1 -> Size.square(given.get(0));
            case 2 -> new Size(given.get(0), given.get(1));
            default -> throw fields.error(key, "expected one number or two, [rows, columns]");
        };
    }

    /** Writes what {@link #read} reads; what is usual is left out. */
    void write(Map<String, Object> fields, String sizeKey) {
        fields.put(sizeKey, text(size));
        fields.put("stride", text(stride));
        if (!dilation.equals(Size.ONE)) {
            fields.put("dilation", text(dilation));
        }
        fields.put("padding", padding.text());
    }

    private static Object text(Size size) {
        return size.isSquare() ? (Object) size.height() : List.of(size.height(), size.width());
    }

    /**
     * The window over images of {@code input}.
     *
     * @param layer whose window it is, for messages
     * @param channels of the output
     * @throws ModelException if the window does not fit into the image and its padding
     */
    public WindowGeometry over(String layer, ImageShape input, int channels) {
        int rows = span(size.height(), dilation.height());
        int columns = span(size.width(), dilation.width());
        int[] vertical = padding.zeros(input.height(), rows, stride.height(), padding.top(), padding.bottom());
        int[] horizontal = padding.zeros(input.width(), columns, stride.width(), padding.left(), padding.right());
        int height = input.height() + vertical[0] + vertical[1] - rows;
        int width = input.width() + horizontal[0] + horizontal[1] - columns;
        if (height < 0 || width < 0) {
            throw new ModelException(layer + " slides a " + new Size(rows, columns) + " window over " + input
                    + ", which is smaller; use padding 'same' or fewer poolings before it");
        }
        ImageShape output = new ImageShape(channels, height / stride.height() + 1, width / stride.width() + 1);
        return new WindowGeometry(
                input, output, size, stride, dilation, vertical[0], horizontal[0], vertical[1], horizontal[1]);
    }

    /**
     * The window of a pooling over images of {@code input}; every window must cover at least one pixel.
     *
     * @throws ModelException if a window lies entirely in the padding, or does not fit
     */
    WindowGeometry within(String layer, ImageShape input) {
        WindowGeometry geometry = over(layer, input, input.channels());
        if (Math.max(geometry.padTop(), geometry.padBottom()) >= size.height()
                || Math.max(geometry.padLeft(), geometry.padRight()) >= size.width()) {
            throw new ModelException(layer + " has windows of " + size + " that lie in the padding " + padding
                    + " as a whole; take less padding");
        }
        return geometry;
    }

    private static int span(int size, int dilation) {
        return (size - 1) * dilation + 1;
    }
}
