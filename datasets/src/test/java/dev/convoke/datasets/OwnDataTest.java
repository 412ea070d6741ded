package dev.convoke.datasets;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.datasets.DataLocation.Network;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** IDX, CSV and NPZ files of the user's own. */
class OwnDataTest {
    @TempDir
    Path folder;

    private final List<String> said = new ArrayList<>();

    private Dataset load(Path path) {
        DataLocation offline = DataLocation.of(Optional.empty(), Network.OFFLINE, Map.of(), folder);
        return Datasets.load(path.toString(), offline, new Progress() {
            @Override
            public void transferred(String file, long done, long total) {}

            @Override
            public void notice(String line) {
                said.add(line);
            }
        });
    }

    private void refuses(String part, Path path) {
        String message =
                assertThrows(DatasetException.class, () -> load(path), part).getMessage();
        assertTrue(message.contains(part), message);
        assertEquals(1, message.lines().count(), message);
    }

    private Path write(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    private Path text(String name, String text) throws IOException {
        return write(name, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Images of 2 rows and 3 columns, pixel i of all being i. */
    private static byte[] ramp(int count) {
        byte[] pixels = new byte[count * 6];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) i;
        }
        return pixels;
    }

    @Test
    void readsIdxFilesOfAnySize() throws IOException {
        write("train-images-idx3-ubyte.gz", Idx.gzip(Idx.bytes(ramp(4), 4, 2, 3)));
        write("train-labels-idx1-ubyte", Idx.bytes(new byte[] {0, 1, 2, 1}, 4));
        write("t10k-images.idx3-ubyte", Idx.bytes(ramp(2), 2, 2, 3));
        write("t10k-labels-idx1-ubyte", Idx.bytes(new byte[] {2, 0}, 2));
        Dataset set = load(folder);
        assertEquals(List.of("0", "1", "2"), set.classNames());
        assertEquals(folder.getFileName().toString(), set.name());
        assertEquals(4, set.train().count());
        assertEquals(2, set.train().height());
        assertEquals(3, set.train().width());
        assertArrayEquals(ramp(2), set.test().pixels());
        assertEquals(List.of(), said);
    }

    @Test
    void idxFilesMayBeOfColorsAndHaveAPrefixAndAValidationPart() throws IOException {
        write("my-train-images-idx4-ubyte", Idx.bytes(ramp(2), 2, 1, 2, 3));
        write("my-train-labels-idx1-ubyte", Idx.bytes(new byte[] {0, 1}, 2));
        write("my-val-images-idx4-ubyte", Idx.bytes(ramp(1), 1, 1, 2, 3));
        write("my-val-labels-idx1-ubyte", Idx.bytes(new byte[] {1}, 1));
        write("my-test-images-idx4-ubyte", Idx.bytes(ramp(3), 3, 1, 2, 3));
        write("my-test-labels-idx1-ubyte", Idx.concat(Idx.header(0x0c, 3), new byte[12]));
        Dataset set = load(folder);
        assertEquals(3, set.train().channels());
        assertEquals(1, set.validation().orElseThrow().count());
        assertEquals(3, set.test().count());
    }

    @Test
    void idxFilesWithoutATestPartAreSplit() throws IOException {
        write("train-images-idx3-ubyte", Idx.bytes(ramp(6), 6, 2, 3));
        write("train-labels-idx1-ubyte", Idx.bytes(new byte[] {0, 1, 0, 1, 0, 1}, 6));
        assertEquals(2, load(folder).test().count());
        write("train-labels-idx1-ubyte", Idx.bytes(new byte[] {0, 1, 0, 1, 0, 0}, 6));
        refuses("class '1' holds fewer than 3 images", folder);
    }

    @Test
    void anUnpackedIdxFileIsTakenBeforeTheSameOnePacked() throws IOException {
        write("train-images-idx3-ubyte", Idx.bytes(ramp(6), 6, 2, 3));
        write("train-images-idx3-ubyte.gz", new byte[] {1});
        write("train-labels-idx1-ubyte", Idx.bytes(new byte[6], 6));
        assertEquals(5, load(folder).train().count());
        write("other-train-images-idx3-ubyte", Idx.bytes(ramp(6), 6, 2, 3));
        refuses("are of the same part", folder);
    }

    @Test
    void refusesIdxFilesThatDoNotGoTogether() throws IOException {
        Path images = write("train-images-idx3-ubyte", Idx.bytes(ramp(4), 4, 2, 3));
        refuses("the train part has no labels", folder);
        Path labels = write("train-labels-idx1-ubyte", Idx.bytes(new byte[3], 3));
        refuses(labels + ": has the shape 3 beside 4 images", folder);
        write("train-labels-idx1-ubyte", Idx.concat(Idx.header(0x0c, 1), new byte[] {0, 0, 1, 0}));
        write("train-images-idx3-ubyte", Idx.bytes(ramp(1), 1, 2, 3));
        refuses("label 256 of image 0 is not from 0 to 255", folder);
        write("train-images-idx3-ubyte", Idx.concat(Idx.header(0x0d, 1, 1, 1), new byte[4]));
        refuses(images + ": holds FLOAT32 1x1x1; save the pixels as UINT8", folder);
        write("train-images-idx3-ubyte", Idx.bytes(ramp(1), 6));
        refuses("images are count x height x width", folder);
        write("train-images-idx3-ubyte", Idx.bytes(new byte[0], 1, 0, 3));
        write("train-labels-idx1-ubyte", Idx.bytes(new byte[1], 1));
        refuses("images of 0x3 pixels", folder);
    }

    @Test
    void refusesPartsOfDifferentSizes() throws IOException {
        write("train-images-idx3-ubyte", Idx.bytes(ramp(1), 1, 2, 3));
        write("train-labels-idx1-ubyte", Idx.bytes(new byte[1], 1));
        write("test-images-idx3-ubyte", Idx.bytes(ramp(1), 1, 3, 2));
        write("test-labels-idx1-ubyte", Idx.bytes(new byte[1], 1));
        refuses("the test part has images of 3x2x1, the train part of 2x3x1", folder);
    }

    @Test
    void theDigestSeesTheValidationPart() throws IOException {
        write("train-images-idx3-ubyte", Idx.bytes(ramp(1), 1, 2, 3));
        write("train-labels-idx1-ubyte", Idx.bytes(new byte[1], 1));
        write("test-images-idx3-ubyte", Idx.bytes(ramp(1), 1, 2, 3));
        write("test-labels-idx1-ubyte", Idx.bytes(new byte[1], 1));
        Dataset without = load(folder);
        assertEquals(DatasetDigest.of(without.train(), without.test()), without.digest());
        write("val-images-idx3-ubyte", Idx.bytes(ramp(1), 1, 2, 3));
        write("val-labels-idx1-ubyte", Idx.bytes(new byte[1], 1));
        assertTrue(!load(folder).digest().equals(without.digest()));
    }

    private static final String FIVE = """
            3,0,1,2,255
            0,4,5,6,7
            3,0,0,0,0
            0,1,1,1,1
            3,9,9,9,9
            0,9,9,9,9
            """;

    @Test
    void readsCsvWithoutAHeader() throws IOException {
        Dataset set = load(text("shapes.csv", FIVE));
        assertEquals("shapes", set.name());
        assertEquals(List.of("0", "1", "2", "3"), set.classNames());
        assertEquals(4, set.train().count());
        assertEquals(2, set.train().height());
        assertEquals(3, set.train().label(0));
        assertArrayEquals(new byte[] {0, 1, 2, (byte) 255}, set.train().image(0));
        assertArrayEquals(new byte[] {9, 9, 9, 9}, set.test().image(0));
    }

    @Test
    void readsCsvWithAHeaderQuotesOtherSeparatorsAndLineEnds() throws IOException {
        String digest = load(text("plain.csv", FIVE)).digest();
        for (String other : List.of(
                "label,pixel1,pixel2,pixel3,pixel4\n" + FIVE,
                "label,0,1,2,3\n" + FIVE,
                "\ufeff\"label\",\"a\",\"b\",\"c\",\"d\"\n" + FIVE,
                FIVE.replace(",", ";"),
                FIVE.replace(",", "\t"),
                FIVE.replace("\n", "\r\n") + "\r\n\r\n",
                FIVE.stripTrailing())) {
            assertEquals(digest, load(text("other.csv", other)).digest(), other);
        }
        String labelLast = FIVE.lines()
                .map(line -> line.substring(2) + "," + line.charAt(0) + "\n")
                .reduce("a,b,c,d,Label\n", String::concat);
        assertEquals(digest, load(text("other.csv", labelLast)).digest());
        assertEquals(
                digest,
                load(write("other.csv.gz", Idx.gzip(FIVE.getBytes(StandardCharsets.UTF_8))))
                        .digest());
    }

    @Test
    void csvLabelsMayBeNames() throws IOException {
        text("x_train.csv", "class,a\ncat,1\nant,2\ncat10,3\ncat9,4\n");
        Path test = text("x_test.csv", "class,a\ncat,7\n");
        Dataset set = load(folder);
        assertEquals(List.of("ant", "cat", "cat9", "cat10"), set.classNames());
        assertArrayEquals(new int[] {1}, set.test().labels());
        text(test.getFileName().toString(), "class,a\ndog,7\n");
        refuses("class 'dog' of the test part is not in the train part", folder);
    }

    @Test
    void refusesCsvThatIsNotOfTheForm() throws IOException {
        Path file = text("a.csv", "");
        refuses(file + ": is empty", file);
        text("a.csv", "1,2,3\n");
        refuses(file + ":1: has 3 columns, a label and 2 pixels, which make no square picture", file);
        text("a.csv", "label,p\n1,2\n1,2,3\n");
        refuses(file + ":3: has 3 columns where the first line has 2", file);
        for (String pixel : List.of("256", "-1", "0.5", "", "99999999999999999999", "x")) {
            text("a.csv", "label,p\n1,0\n1," + pixel + "\n");
            refuses(file + ":3: column 2: '" + pixel + "' is not a pixel", file);
        }
        text("a.csv", "label,p\n,0\n");
        refuses("the label is empty", file);
        text("a.csv", "label,p\n" + "1".repeat((1 << 24) + 1));
        refuses(":2: is longer than", file);
        text("a.csv", "label,p\n" + "\n".repeat(1002) + "1,1\n");
        refuses("blank", file);
    }

    @Test
    void aTableBesidePicturesDoesNotHideThem() throws IOException {
        text("labels.csv", FIVE);
        Files.createDirectories(folder.resolve("a"));
        refuses("holds no pictures", folder);
    }

    private static byte[] npy(String header, byte[] data) {
        byte[] text = (header + "\n").getBytes(StandardCharsets.ISO_8859_1);
        byte[] length = ByteBuffer.allocate(2)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) text.length)
                .array();
        return Idx.concat(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}, length, text, data);
    }

    private static byte[] npy(String type, String shape, byte[] data) {
        return npy("{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }", data);
    }

    private Path npz(Map<String, byte[]> arrays) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> array : arrays.entrySet()) {
                zip.putNextEntry(new ZipEntry(array.getKey() + ".npy"));
                zip.write(array.getValue());
                zip.closeEntry();
            }
        }
        return write("set.npz", bytes.toByteArray());
    }

    @Test
    void readsNpzAsKerasHasIt() throws IOException {
        byte[] labels = new byte[16];
        labels[8] = 1;
        Dataset set = load(npz(Map.of(
                "x_train", npy("|u1", "(2, 2, 3)", ramp(2)),
                "y_train", npy("<i8", "(2,)", labels),
                "x_test", npy("|u1", "(1, 2, 3)", ramp(1)),
                "y_test", npy(">i4", "(1, 1)", new byte[] {0, 0, 0, 2}))));
        assertEquals("set", set.name());
        assertEquals(List.of("0", "1", "2"), set.classNames());
        assertArrayEquals(new int[] {0, 1}, set.train().labels());
        assertArrayEquals(ramp(2), set.train().pixels());
        assertEquals(2, set.test().label(0));
    }

    /**
     * Written by NumPy 2.4.6: {@code savez_compressed(f, x_train=arange(12, dtype='u1').reshape(2, 2, 3), y_train=[0, 1],
     * x_test=arange(6, dtype='u1').reshape(1, 2, 3), y_test=array([1], 'u1'))}.
     */
    private static final String OF_NUMPY =
            "UEsDBC0AAAAIAAAAIQDFIoSg//////////8LABQAeF90cmFpbi5ucHkBABAAjAAAAAAAAABUAAAAAAAAAJvsF+obEMnIUMZQ"
                    + "rZ6SWpxcpG6loF5Taqiuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6CkBkrKmjUKtAHuBiYGRiZmFlY+fg5OIG"
                    + "AFBLAwQtAAAACAAAACEAfmr7yf//////////CwAUAHlfdHJhaW4ubnB5AQAQAJAAAAAAAAAASQAAAAAAAACb7BfqGxDJyFDG"
                    + "UK2eklqcXKRupaBuk2mhrqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RpGOpo6CrUKFAAuBihghNIAUEsDBC0AAAAI"
                    + "AAAAIQCdUziG//////////8KABQAeF90ZXN0Lm5weQEAEACGAAAAAAAAAE8AAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWg"
                    + "XlNqqK6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkahjoKRjoKxpo6CrUK5AEuBkYmZhZWAFBLAwQtAAAACAAAACEA"
                    + "e7KmwP//////////CgAUAHlfdGVzdC5ucHkBABAAgQAAAAAAAABFAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loF5Taqiu"
                    + "o6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GoY6mjoKtQoUAC5GAFBLAQItAy0AAAAIAAAAIQDFIoSgVAAAAIwAAAAL"
                    + "AAAAAAAAAAAAAACAAQAAAAB4X3RyYWluLm5weVBLAQItAy0AAAAIAAAAIQB+avvJSQAAAJAAAAALAAAAAAAAAAAAAACAAZEA"
                    + "AAB5X3RyYWluLm5weVBLAQItAy0AAAAIAAAAIQCdUziGTwAAAIYAAAAKAAAAAAAAAAAAAACAARcBAAB4X3Rlc3QubnB5UEsB"
                    + "Ai0DLQAAAAgAAAAhAHuypsBFAAAAgQAAAAoAAAAAAAAAAAAAAIABogEAAHlfdGVzdC5ucHlQSwUGAAAAAAQABADiAAAAIwIA"
                    + "AAAA";

    @Test
    void readsWhatNumPyWrites() throws IOException {
        Dataset set = load(write("real.npz", Base64.getDecoder().decode(OF_NUMPY)));
        assertArrayEquals(ramp(2), set.train().pixels());
        assertArrayEquals(new int[] {0, 1}, set.train().labels());
        assertArrayEquals(ramp(1), set.test().pixels());
        assertArrayEquals(new int[] {1}, set.test().labels());
    }

    @Test
    void readsNpzAsMedMnistHasIt() throws IOException {
        npz(Map.of(
                "train_images", npy("|u1", "(2, 1, 2, 3)", ramp(2)),
                "train_labels", npy("|u1", "(2, 1)", new byte[] {0, 1}),
                "val_images", npy("|u1", "(1, 1, 2, 3)", ramp(1)),
                "val_labels", npy("|u1", "(1, 1)", new byte[] {0}),
                "test_images", npy("|u1", "(1, 1, 2, 3)", ramp(1)),
                "test_labels", npy("|u1", "(1, 1)", new byte[] {1})));
        Dataset set = load(folder);
        assertEquals(3, set.train().channels());
        assertEquals(1, set.validation().orElseThrow().count());
    }

    @Test
    void refusesNpzOfOtherArrays() throws IOException {
        byte[] pixels = npy("|u1", "(1, 2, 3)", ramp(1));
        byte[] label = npy("|u1", "(1,)", new byte[1]);
        refuses("holds no images", npz(Map.of("a", pixels)));
        refuses("the train part lacks its labels, y_train", npz(Map.of("x_train", pixels)));
        refuses("holds two arrays for the train part", npz(Map.of("x_train", pixels, "train_images", pixels)));
        refuses("save it again", write("broken.npz", new byte[40]));
        refuses("has no training part", npz(Map.of("x_test", pixels, "y_test", label)));
        refuses("has the shape 1 x 10", npz(Map.of("x_train", pixels, "y_train", npy("|u1", "(1, 10)", new byte[10]))));
        for (byte[] images : List.of(
                npy("<f4", "(1, 1, 1)", new byte[4]), npy("|i1", "(1, 2, 3)", ramp(1)), npy("|O", "(1,)", ramp(1)))) {
            refuses("as uint8", npz(Map.of("x_train", images, "y_train", label)));
        }
    }

    @Test
    void refusesDamagedNpy() throws IOException {
        String good = "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 2, 3), }";
        byte[] label = npy("|u1", "(1,)", new byte[1]);
        for (String header : List.of(
                "",
                "{}",
                good.replace("}", ""),
                good.replace("'descr': '|u1', ", ""),
                good.replace("'descr'", "'order'"),
                good.replace("(1, 2, 3)", "(1, -2, 3)"),
                good.replace("(1, 2, 3)", "(1, 99999999999, 3)"),
                good.replace("(1, 2, 3)", "(2147483647, 2147483647, 3)"),
                good.replace("(1, 2, 3)", "(1,,3)"),
                good.replace("(1, 2, 3)", "False"),
                good.replace("(1, 2, 3)", "(1,1,1,1,1,1,1,1,6)"),
                good.replace("False", "__import__('os')"),
                good.replace(", }", ", 'shape': (1, 2, 3)}"),
                good + good)) {
            refuses("damaged or not NPY", npz(Map.of("x_train", npy(header, ramp(1)), "y_train", label)));
        }
        byte[] whole = npy(good, ramp(1));
        for (int length : new int[] {0, 5, 9, 20, whole.length - 1}) {
            refuses("damaged or not NPY", npz(Map.of("x_train", Arrays.copyOf(whole, length), "y_train", label)));
        }
        refuses("bytes follow the last", npz(Map.of("x_train", Idx.concat(whole, new byte[1]), "y_train", label)));
        refuses(
                "is in column order",
                npz(Map.of("x_train", npy(good.replace("False", "True"), ramp(1)), "y_train", label)));
    }

    @Test
    void onlyPicturesAreResized() throws IOException {
        Path csv = text("a.csv", FIVE);
        DataLocation offline = DataLocation.of(Optional.empty(), Network.OFFLINE, Map.of(), folder);
        for (String name : List.of("digits", "mnist", csv.toString(), folder.toString())) {
            DatasetException e = assertThrows(
                    DatasetException.class,
                    () -> Datasets.load(name, offline, Optional.of(new PictureSize(8, 8)), Progress.NONE));
            assertTrue(e.getMessage().contains("omit --resize"), e.getMessage());
        }
    }

    @Test
    void aFileOfNoKnownKindIsRefused() throws IOException {
        refuses("is no data set; name a folder", text("notes.txt", "hello"));
    }
}
