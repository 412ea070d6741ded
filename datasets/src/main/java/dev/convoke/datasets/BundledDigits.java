package dev.convoke.datasets;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * The 1,797 handwritten digits bundled with the program, enlarged from 8x8 to MNIST's format: 20x20 pixels of digit
 * centered in 28x28.
 *
 * <p>Enlarging is bilinear, with background (0) outside the image. Output pixel (r, c) corresponds to input row (r - 4 +
 * 0.5) * 8/20 - 0.5, and likewise for columns; 16, full ink, becomes 255; halves round up. All arithmetic is on integers.
 * Near the border a digit fades into the margin, like MNIST's smoothed digits.
 *
 * <p>Every fifth image of a class is for testing ({@link StratifiedSplit}): 1,438 train, 359 test. The writers of both
 * parts are the same, so accuracy here says little about new writers. Source, authors and license are given in
 * {@code digits.NOTICE.txt} next to the data.
 */
final class BundledDigits {
    static final String NAME = "digits";
    static final int COUNT = 1797;
    static final int SIZE = 28;

    private static final String RESOURCE = "digits.csv.gz";
    private static final String SHA256 = "46abec6b12486ad9e51943373abcf22bbea1b5a51a1619b361570d8893f1464a";
    private static final String LICENSE = "CC BY 4.0, E. Alpaydin and C. Kaynak, UCI Machine Learning Repository";
    private static final String PLACE = "bundled";
    private static final List<String> CLASSES = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
    private static final int SOURCE_SIZE = 8;
    private static final int MARGIN = 4;
    private static final int FULL_INK = 16;

    private BundledDigits() {}

    static Dataset load() {
        byte[] pixels = new byte[COUNT * SIZE * SIZE]; // [N, 28, 28, 1]
        byte[] labels = new byte[COUNT];
        int count = 0;
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(new GZIPInputStream(open()), StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                int[] image = new int[SOURCE_SIZE * SOURCE_SIZE]; // [8, 8]
                labels[count] = (byte) parse(line, image);
                System.arraycopy(enlarge(image), 0, pixels, count * SIZE * SIZE, SIZE * SIZE);
                count++;
            }
        } catch (IOException | RuntimeException e) {
            throw damaged(e);
        }
        if (count != COUNT) {
            throw damaged(new IOException(count + " lines"));
        }
        ImageSet all = new ImageSet(SIZE, SIZE, 1, pixels, labels);
        StratifiedSplit split = new StratifiedSplit(all.labels());
        ImageSet train = all.select(split.train());
        ImageSet test = all.select(split.test());
        return new Dataset(NAME, train, test, CLASSES, DatasetDigest.of(train, test), PLACE);
    }

    static Availability availability() {
        int test = (int) Math.round(COUNT / 5.0);
        return new Availability(
                NAME,
                "UCI optical recognition of handwritten digits",
                COUNT - test,
                test,
                CLASSES.size(),
                Optional.of(PLACE),
                0,
                LICENSE);
    }

    static FileCheck check() {
        try (InputStream file = open()) {
            String found = Digests.ofStream(file, Digests.sha256());
            boolean good = found.equals(SHA256);
            String detail = good
                    ? COUNT + " images, digest of the archive"
                    : "SHA-256 is " + found + ", expected " + SHA256 + "; install the program again";
            FileCheck.Status status = good ? FileCheck.Status.VERIFIED : FileCheck.Status.DAMAGED;
            return new FileCheck(RESOURCE, status, Optional.of(PLACE), detail);
        } catch (IOException e) {
            throw damaged(e);
        }
    }

    /**
     * Enlarges one picture.
     *
     * @param image [8, 8], 0 to 16
     * @return [28, 28], 0 to 255
     */
    static byte[] enlarge(int[] image) {
        byte[] large = new byte[SIZE * SIZE];
        for (int row = 0; row < SIZE; row++) {
            for (int column = 0; column < SIZE; column++) {
                large[row * SIZE + column] = (byte) sample(image, tenths(row), tenths(column));
            }
        }
        return large;
    }

    /** Input position of an output row or column, in tenths of a pixel: (k + 0.5) * 0.4 - 0.5 with k = index - 4. */
    private static int tenths(int index) {
        return 4 * (index - MARGIN) - 3;
    }

    private static int sample(int[] image, int rowTenths, int columnTenths) {
        int row = Math.floorDiv(rowTenths, 10);
        int column = Math.floorDiv(columnTenths, 10);
        int down = Math.floorMod(rowTenths, 10);
        int right = Math.floorMod(columnTenths, 10);
        int hundredths = (10 - down) * ((10 - right) * at(image, row, column) + right * at(image, row, column + 1))
                + down * ((10 - right) * at(image, row + 1, column) + right * at(image, row + 1, column + 1));
        int whole = 100 * FULL_INK;
        return (255 * hundredths + whole / 2) / whole;
    }

    private static int at(int[] image, int row, int column) {
        boolean inside = row >= 0 && row < SOURCE_SIZE && column >= 0 && column < SOURCE_SIZE;
        return inside ? image[row * SOURCE_SIZE + column] : 0;
    }

    /** Reads the pixels of a line into {@code image} and hands back its label. */
    private static int parse(String line, int[] image) throws IOException {
        String[] numbers = line.split(",", -1);
        if (numbers.length != image.length + 1) {
            throw new IOException("a line of " + numbers.length + " numbers");
        }
        for (int i = 0; i < image.length; i++) {
            image[i] = Integer.parseInt(numbers[i]);
        }
        return Integer.parseInt(numbers[image.length]);
    }

    private static InputStream open() throws IOException {
        InputStream resource = BundledDigits.class.getResourceAsStream(RESOURCE);
        if (resource == null) {
            throw new IOException("missing");
        }
        return resource;
    }

    private static DatasetException damaged(Exception cause) {
        return new DatasetException(
                "bundled " + RESOURCE + " is damaged (" + DatasetException.reason(cause)
                        + "); install the program again",
                cause);
    }
}
