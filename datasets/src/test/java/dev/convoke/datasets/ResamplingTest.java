package dev.convoke.datasets;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ResamplingTest {
    /** At an edge the triangle is cut, and its halves no longer weigh both shades of a pattern the same. */
    private static final int EDGE = 1;

    private static byte[] resize(byte[] samples, String from, int channels, String to) {
        return Resampling.resize(samples, PictureSize.parse(from), channels, PictureSize.parse(to));
    }

    @Test
    void theSameSizeChangesNothing() {
        byte[] samples = {0, 50, 100, (byte) 150, (byte) 200, (byte) 255};
        assertArrayEquals(samples, resize(samples, "3x2", 1, "3x2"));
        assertArrayEquals(samples, resize(samples, "1x2", 3, "1x2"));
    }

    @Test
    void aPlainPictureStaysPlain() {
        byte[] plain = new byte[7 * 5 * 3];
        Arrays.fill(plain, (byte) 255);
        for (String size : new String[] {"1x1", "3x9", "20x2", "7x4"}) {
            for (byte sample : resize(plain, "7x5", 3, size)) {
                assertEquals((byte) 255, sample, size);
            }
        }
    }

    @Test
    void growingInterpolatesBetweenTheCentersOfPixels() {
        // Centers of the four new pixels lie at 0.25, 0.75, 1.25, 1.75 of the two old ones, 0.5 and 1.5.
        assertArrayEquals(new byte[] {0, 25, 75, 100}, resize(new byte[] {0, 100}, "2x1", 1, "4x1"));
        assertArrayEquals(new byte[] {0, 25, 75, 100}, resize(new byte[] {0, 100}, "1x2", 1, "1x4"));
    }

    @Test
    void shrinkingCountsEveryPixel() {
        // A checked pattern would vanish or stay whole if pixels were picked.
        byte[] checked = new byte[64];
        for (int i = 0; i < 64; i++) {
            checked[i] = (byte) ((i % 8 + i / 8) % 2 == 0 ? 200 : 0);
        }
        for (byte sample : resize(checked, "8x8", 1, "2x2")) {
            assertEquals(100, sample & 0xff, EDGE);
        }
    }

    @Test
    void channelsStayApart() {
        assertArrayEquals(new byte[] {10, 20, 30, 10, 20, 30}, resize(new byte[] {10, 20, 30}, "1x1", 3, "2x1"));
    }

    @Test
    void sizesAreWidthByHeight() {
        assertEquals(new PictureSize(64, 48), PictureSize.parse("64x48"));
        for (String text : new String[] {"", "64", "64x", "0x5", "-1x5", "64x48x3", "99999x99999"}) {
            assertThrows(DatasetException.class, () -> PictureSize.parse(text), text);
        }
    }
}
