package dev.convoke.cli;

import dev.convoke.datasets.ImageSet;
import java.util.ArrayList;
import java.util.List;

/** An image as lines of text, two rows of pixels a line. */
final class TextPicture {
    private static final String SHADES = " .:-=+*#%@";

    private TextPicture() {}

    /** Image {@code index}, the mean of its channels; bright pixels are dense characters. */
    static List<String> of(ImageSet images, int index) {
        byte[] pixels = images.image(index);
        int channels = images.channels();
        List<String> lines = new ArrayList<>();
        for (int row = 0; row + 1 < images.height(); row += 2) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < images.width(); column++) {
                int sum = 0;
                for (int c = 0; c < channels; c++) {
                    sum += pixels[(row * images.width() + column) * channels + c] & 0xff;
                    sum += pixels[((row + 1) * images.width() + column) * channels + c] & 0xff;
                }
                line.append(SHADES.charAt(sum / (2 * channels) * (SHADES.length() - 1) / 255));
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }
}
