package dev.convoke.datasets;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PicturesTest {
    private static final PictureSize SIZE = new PictureSize(2, 1);

    @TempDir
    Path folder;

    @Test
    void colorTurnsGrayByItsWeights() throws IOException {
        Path red = write("red.png", BufferedImage.TYPE_INT_RGB, 0xff0000);
        assertArrayEquals(
                new byte[] {76, 76},
                Pictures.read(List.of(red), SIZE, 1, Progress.NONE).pixels());
    }

    @Test
    void grayIsRepeatedForThreeChannels() throws IOException {
        Path gray = write("gray.png", BufferedImage.TYPE_BYTE_GRAY, 0xffffff);
        ImageSet images = Pictures.read(List.of(gray), SIZE, 3, Progress.NONE);
        assertEquals(3, images.channels());
        assertArrayEquals(new byte[] {-1, -1, -1, -1, -1, -1}, images.pixels());
    }

    @Test
    void picturesAreBroughtToTheModelsSizeAndThatIsSaid() throws IOException {
        Path small = write("small.png", BufferedImage.TYPE_BYTE_GRAY, 0xffffff);
        List<String> said = new ArrayList<>();
        ImageSet images = Pictures.read(List.of(small, small), new PictureSize(4, 3), 1, new Progress() {
            @Override
            public void transferred(String file, long done, long total) {}

            @Override
            public void notice(String line) {
                said.add(line);
            }
        });
        assertEquals(4, images.width());
        assertEquals(3, images.height());
        assertEquals(-1, images.image(1)[11]);
        assertEquals(List.of("2 of 2 pictures resized to 4x3, the model's size"), said);
    }

    @Test
    void noPictureIsRefused() {
        assertThrows(DatasetException.class, () -> Pictures.read(List.of(), SIZE, 1, Progress.NONE));
    }

    private Path write(String name, int type, int rgb) throws IOException {
        BufferedImage image = new BufferedImage(2, 1, type);
        image.setRGB(0, 0, rgb);
        image.setRGB(1, 0, rgb);
        Path file = folder.resolve(name);
        ImageIO.write(image, "png", file.toFile());
        return file;
    }
}
