package dev.convoke.datasets;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class BundledDigitsTest {
    private static final String DIGEST = "b4b51de4ec75d9e9c8e18cc4ba0ba7c194868525d6753a3bef8f6ef59824f78a";

    private final Dataset digits = BundledDigits.load();

    private static int[] perClass(ImageSet part) {
        int[] counts = new int[10];
        for (int i = 0; i < part.count(); i++) {
            counts[part.label(i)]++;
        }
        return counts;
    }

    @Test
    void everyFifthOfEachClassIsForTesting() {
        assertArrayEquals(new int[] {36, 36, 35, 37, 36, 36, 36, 36, 35, 36}, perClass(digits.test()));
        assertArrayEquals(new int[] {142, 146, 142, 146, 145, 146, 145, 143, 139, 144}, perClass(digits.train()));
    }

    @Test
    void theListingCountsWhatIsLoaded() {
        Availability listed = BundledDigits.availability();
        assertEquals(listed.train(), digits.train().count());
        assertEquals(listed.test(), digits.test().count());
    }

    @Test
    void theImagesAreTheSameBytesForEver() {
        assertEquals(DIGEST, digits.digest());
    }

    @Test
    void digitsLieInTheMiddleAsInMnist() {
        int[] ink = new int[28];
        for (int i = 0; i < digits.train().count(); i++) {
            byte[] image = digits.train().image(i);
            for (int p = 0; p < image.length; p++) {
                ink[p / 28] += image[p] & 0xff;
            }
        }
        for (int row : new int[] {0, 1, 2, 25, 26, 27}) {
            assertEquals(0, ink[row], "row " + row + " is margin");
        }
        assertTrue(ink[13] > 0 && ink[14] > 0);
    }

    @Test
    void fullInkStaysFullAndFadesAtTheBorder() {
        int[] full = new int[64];
        Arrays.fill(full, 16);
        byte[] large = BundledDigits.enlarge(full);
        assertEquals(255, large[14 * 28 + 14] & 0xff);
        assertEquals(255, large[5 * 28 + 5] & 0xff);
        // Row 4 lies at input row -0.3: 0.7 of row 0. Row 3 at -0.7, row 2 at -1.1.
        assertEquals(Math.round(0.7 * 255), large[4 * 28 + 14] & 0xff);
        assertEquals(Math.round(0.3 * 255), large[3 * 28 + 14] & 0xff);
        assertEquals(0, large[2 * 28 + 14]);
        assertEquals(Math.round(0.49 * 255), large[4 * 28 + 4] & 0xff);
    }

    @Test
    void anEnlargedPointIsWeightedByItsDistance() {
        int[] point = new int[64];
        point[3 * 8 + 4] = 8;
        byte[] large = BundledDigits.enlarge(point);
        // Output (12, 14) lies at input (2.9, 3.7): weights 0.9 and 0.7 of half ink.
        assertEquals(Math.round(0.9 * 0.7 * 127.5), large[12 * 28 + 14] & 0xff);
    }

    @Test
    void theBundledFileVerifies() {
        assertEquals(FileCheck.Status.VERIFIED, BundledDigits.check().status());
    }

    @Test
    void authorsAndLicenseLieBesideTheData() throws IOException {
        try (InputStream notice = BundledDigits.class.getResourceAsStream("digits.NOTICE.txt")) {
            assertNotNull(notice);
            String text = new String(notice.readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(text.contains("Alpaydin") && text.contains("Kaynak") && text.contains("CC BY 4.0"), text);
        }
    }
}
