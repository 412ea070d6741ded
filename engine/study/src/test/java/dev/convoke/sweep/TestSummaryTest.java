package dev.convoke.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.backend.Evaluation;
import dev.convoke.datasets.ImageSet;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a trial keeps of its mistakes does not grow with the pictures. */
class TestSummaryTest {
    @ParameterizedTest
    @CsvSource({"28,28,1,28", "32,32,3,32", "224,224,3,32", "1000,3,1,1000", "9000,2,1,3000", "3000,3000,3,36"})
    void largePicturesAreShrunkAndSmallOnesKept(int height, int width, int channels, int kept) {
        byte[] pixels = new byte[height * width * channels];
        Arrays.fill(pixels, (byte) 200);
        ImageSet images = new ImageSet(height, width, channels, pixels, new byte[] {1});
        Evaluation wrong = new Evaluation(0, 0, 0, 0, new int[] {0}, new float[] {1});
        SweepResults.Mistake mistake =
                TestSummary.of(wrong, images, 2).mistakes().get(0);
        assertEquals(kept, mistake.height());
        byte[] picture = Base64.getDecoder().decode(mistake.pixels());
        assertEquals(mistake.height() * mistake.width() * channels, picture.length);
        assertTrue(picture.length <= TestSummary.PICTURE_BYTES, picture.length + " bytes");
        for (byte sample : picture) {
            assertEquals((byte) 200, sample);
        }
    }
}
