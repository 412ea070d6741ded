package dev.convoke.datasets;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.datasets.DataLocation.Network;
import java.awt.Point;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class PictureFolderTest {
    private static final int WIDTH = 3;
    private static final int HEIGHT = 2;

    /** JPEG rounds in its transform; a plain patch comes back within this many shades. */
    private static final int JPEG_LOSS = 3;

    @TempDir
    Path folder;

    private static byte[] png(BufferedImage image) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            assertTrue(ImageIO.write(image, "png", bytes), "ImageIO must know PNG");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return bytes.toByteArray();
    }

    /** A gray picture of one shade. */
    private static byte[] gray(int shade) {
        return gray(shade, WIDTH, HEIGHT);
    }

    private static byte[] gray(int shade, int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < width * height; i++) {
            image.getRaster().setSample(i % width, i / width, 0, shade);
        }
        return png(image);
    }

    private static byte[] color(int type, int argb) {
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, type);
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            image.setRGB(i % WIDTH, i / WIDTH, argb);
        }
        return png(image);
    }

    private static BufferedImage gray16(int shade, boolean alpha, int opacity) {
        ColorSpace gray = ColorSpace.getInstance(ColorSpace.CS_GRAY);
        ComponentColorModel model = new ComponentColorModel(
                gray, alpha, false, alpha ? Transparency.TRANSLUCENT : Transparency.OPAQUE, DataBuffer.TYPE_USHORT);
        WritableRaster raster =
                Raster.createInterleavedRaster(DataBuffer.TYPE_USHORT, WIDTH, HEIGHT, alpha ? 2 : 1, new Point(0, 0));
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            raster.setSample(i % WIDTH, i / WIDTH, 0, shade);
            if (alpha) {
                raster.setSample(i % WIDTH, i / WIDTH, 1, opacity);
            }
        }
        return new BufferedImage(model, raster, false, null);
    }

    private Path write(String name, byte[] bytes) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.write(file, bytes);
    }

    /** Five gray pictures a class, shade 10 * class + number. */
    private void writeClasses(String... names) throws IOException {
        for (int label = 0; label < names.length; label++) {
            for (int i = 0; i < 5; i++) {
                write(names[label] + "/" + i + ".png", gray(10 * label + i));
            }
        }
    }

    private final List<String> said = new ArrayList<>();

    private Dataset load() {
        return load(Optional.empty());
    }

    private Dataset load(Optional<PictureSize> size) {
        DataLocation offline = DataLocation.of(Optional.empty(), Network.OFFLINE, Map.of(), folder);
        said.clear();
        return Datasets.load(folder.toString(), offline, size, new Progress() {
            @Override
            public void transferred(String file, long done, long total) {}

            @Override
            public void notice(String line) {
                said.add(line);
            }
        });
    }

    private void assertSaid(String part) {
        assertTrue(said.stream().anyMatch(line -> line.contains(part)), said::toString);
    }

    private String refusal() {
        String message = assertThrows(DatasetException.class, this::load).getMessage();
        assertEquals(1, message.lines().count(), message);
        return message;
    }

    private static void assertSays(String part, String message) {
        assertTrue(message.contains(part), message);
    }

    private byte[] decoded(byte[] png) throws IOException {
        return Picture.read(write("one.png", png)).samples();
    }

    @Test
    void splitsEachClassByNameOrderWhereNoSplitIsGiven() throws IOException {
        writeClasses("cat", "dog");
        Dataset set = load();
        assertEquals(List.of("cat", "dog"), set.classNames());
        assertEquals(folder.getFileName().toString(), set.name());
        assertEquals(8, set.train().count());
        assertArrayEquals(new int[] {0, 1}, set.test().labels());
        assertEquals(HEIGHT, set.test().height());
        assertEquals(WIDTH, set.test().width());
        assertEquals(1, set.test().channels());
        assertEquals(2, set.test().image(0)[0]);
        assertEquals(12, set.test().image(1)[5]);
    }

    @Test
    void keepsAGivenSplit() throws IOException {
        write("train/a/1.png", gray(1));
        write("train/b/1.png", gray(2));
        write("test/b/1.png", gray(3));
        Dataset set = load();
        assertArrayEquals(new int[] {0, 1}, set.train().labels());
        assertArrayEquals(new int[] {1}, set.test().labels());
        assertEquals(3, set.test().image(0)[0]);
    }

    @Test
    void ordersClassesNaturally() throws IOException {
        writeClasses("10", "9", "2");
        assertEquals(List.of("2", "9", "10"), load().classNames());
    }

    @Test
    void passesOverWhatIsNoPictureAndCountsIt() throws IOException {
        writeClasses("a", "b");
        write("a/.DS_Store", new byte[1]);
        write("a/Thumbs.db", new byte[1]);
        write("b/desktop.ini", new byte[1]);
        write("b/notes.txt", "BM is how a BMP begins, too".getBytes(StandardCharsets.US_ASCII));
        write("readme.md", new byte[1]);
        write(".git/config", new byte[1]);
        write("__MACOSX/a/._0.png", new byte[1]);
        assertEquals(8, load().train().count());
        assertSaid(folder + ": 5 files are not images and were skipped");
    }

    @Test
    void saysNothingOfFilesWhereAllArePictures() throws IOException {
        writeClasses("train/a", "train/b", "test/a");
        load();
        assertEquals(List.of(), said);
    }

    @Test
    void refusesWhatIsNamedLikeAPictureAndIsNone() throws IOException {
        writeClasses("a", "b");
        Path stray = write("a/new.webp", new byte[40]);
        assertSays(stray + ": is not a PNG, JPEG, BMP or GIF picture", refusal());
    }

    @Test
    void readsAPictureByItsBytesNotItsName() throws IOException {
        writeClasses("train/a", "train/b", "test/a");
        write("train/a/picture", gray(7));
        assertEquals(11, load().train().count());
    }

    @Test
    void refusesPicturesBesideTheClassFolders() throws IOException {
        writeClasses("a", "b");
        Path stray = write("stray.png", gray(1));
        assertSays(stray + ": is not in a class folder", refusal());
        clear();
        writeClasses("train/a", "test/a");
        Path inPart = write("train/stray.png", gray(1));
        assertSays(inPart + ": is not in a class folder", refusal());
        Files.move(inPart, stray);
        assertSays(stray + ": is not in a class folder", refusal());
    }

    @Test
    void refusesFoldersInClassFolders() throws IOException {
        writeClasses("a", "a/deeper");
        assertSays("is a folder in a class folder", refusal());
    }

    @Test
    void resizesToTheMostCommonSizeAndSaysSo() throws IOException {
        writeClasses("a", "b");
        write("b/9.png", gray(80, 2 * WIDTH, 3 * HEIGHT));
        Dataset set = load();
        assertEquals(WIDTH, set.train().width());
        assertSaid(folder + ": 1 of 11 pictures resized to 3x2, the most common size");
        assertEquals(80, set.train().image(set.train().count() - 1)[0]);
    }

    @Test
    void ofEquallyCommonSizesTheSmallestIsTaken() throws IOException {
        write("train/a/1.png", gray(1, 5, 5));
        write("train/a/2.png", gray(1, 4, 3));
        write("train/a/3.png", gray(1, 3, 4));
        write("test/a/1.png", gray(1, 6, 6));
        Dataset set = load();
        assertEquals(3, set.test().width());
        assertEquals(4, set.test().height());
    }

    @Test
    void resizesToTheSizeThatIsAskedFor() throws IOException {
        writeClasses("train/a", "test/a");
        Dataset set = load(Optional.of(PictureSize.parse("8x5")));
        assertEquals(8, set.train().width());
        assertEquals(5, set.test().height());
        assertSaid(folder + ": 10 of 10 pictures resized to 8x5");
    }

    @Test
    void refusesEmptyClassesAndTooSmallOnes() throws IOException {
        writeClasses("a", "b");
        Path empty = Files.createDirectories(folder.resolve("c"));
        assertSays(empty + ": holds no pictures", refusal());
        write("c/1.png", gray(1));
        assertSays("class 'c' holds fewer than 3 images", refusal());
    }

    @Test
    void refusesAnEmptyFolder() {
        assertSays("holds no class folders", refusal());
    }

    @Test
    void knowsThePartsInAnyCaseAndByTheirLongNames() throws IOException {
        for (List<String> names :
                List.of(List.of("Train", "Test"), List.of("training", "testing"), List.of("TRAINING", "test"))) {
            clear();
            writeClasses(names.get(0) + "/a", names.get(0) + "/b", names.get(1) + "/b");
            Dataset set = load();
            assertEquals(List.of("a", "b"), set.classNames());
            assertEquals(5, set.test().count());
        }
    }

    @Test
    void theValidationPartIsKeptApart() throws IOException {
        for (String name : List.of("val", "Valid", "validation")) {
            clear();
            writeClasses("train/a", "train/b", name + "/a", "test/b");
            Dataset set = load();
            assertEquals(5, set.validation().orElseThrow().count());
            assertEquals(20, set.validation().orElseThrow().image(0)[0]);
            assertEquals(5, set.test().count());
            assertEquals(List.of(), said);
        }
    }

    @Test
    void theValidationPartServesAsTestPartWhereThereIsNone() throws IOException {
        writeClasses("train/a", "train/b", "val/a");
        Dataset set = load();
        assertEquals(Optional.empty(), set.validation());
        assertEquals(5, set.test().count());
        assertSaid(folder + ": has no test part, so its validation part (5 images) is the test part");
    }

    @Test
    void aTrainPartAloneIsSplit() throws IOException {
        writeClasses("train/a", "train/b");
        assertEquals(2, load().test().count());
        assertSaid("the third of every five images of a class is for testing (2 of 10)");
    }

    @Test
    void trainCanBeAClassOfVehicles() throws IOException {
        writeClasses("bus", "train");
        assertEquals(List.of("bus", "train"), load().classNames());
    }

    @Test
    void refusesPartsThatDoNotGoTogether() throws IOException {
        writeClasses("train/a", "other/a");
        assertSays(folder.resolve("other") + ": is not a part", refusal());
        clear();
        writeClasses("test/a");
        assertSays("has no 'train' folder beside 'test'", refusal());
        clear();
        writeClasses("train/a", "Training/a");
        assertSays("are both train parts", refusal());
    }

    private void clear() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                if (!file.equals(folder)) {
                    Files.delete(file);
                }
            }
        }
    }

    @Test
    void refusesAClassNameThatCannotBeDecoded() throws IOException {
        writeClasses("a", "gr\ufffdn");
        assertSays("cannot be read in this locale; set LC_ALL=C.UTF-8", refusal());
    }

    @Test
    void refusesTwoClassesOfOneName() throws IOException {
        writeClasses("\u00fc", "u\u0308");
        assertSays("two classes are named '\u00fc'", refusal());
    }

    @Test
    void classesAreTheSameHoweverTheirAccentsAreWritten() throws IOException {
        writeClasses("train/\u00fc", "test/u\u0308");
        assertEquals(List.of("\u00fc"), load().classNames());
    }

    @Test
    void refusesATestClassThatIsNotTrained() throws IOException {
        writeClasses("train/a", "test/b");
        assertSays("class 'b' has no folder in ", refusal());
    }

    @Test
    void refusesMoreClassesThanALabelCanTell() throws IOException {
        for (int i = 0; i <= ClassNames.MOST; i++) {
            Files.createDirectories(folder.resolve("class" + i));
        }
        assertSays("holds 257 classes", refusal());
    }

    @Test
    void aColorPictureMakesTheSetColor() throws IOException {
        write("train/a/1.png", gray(7));
        write("train/b/1.png", color(BufferedImage.TYPE_INT_RGB, 0x102030));
        write("test/a/1.png", gray(9));
        Dataset set = load();
        assertEquals(3, set.train().channels());
        assertEquals(3, set.test().channels());
        assertArrayEquals(new byte[] {7, 7, 7}, Arrays.copyOf(set.train().image(0), 3));
        assertArrayEquals(
                new byte[] {0x10, 0x20, 0x30}, Arrays.copyOf(set.train().image(1), 3));
    }

    @Test
    void readsGraySamplesAsTheyAre() throws IOException {
        // Java's own conversion would apply a gamma: 100 would not stay 100.
        assertEquals(100, decoded(gray(100))[0]);
        assertEquals((byte) 255, decoded(gray(255))[0]);
    }

    @Test
    void roundsSixteenBitsToEight() throws IOException {
        assertEquals(100, decoded(png(gray16(100 * 257 + 128, false, 0)))[0]);
        assertEquals(101, decoded(png(gray16(100 * 257 + 129, false, 0)))[0]);
        assertEquals((byte) 255, decoded(png(gray16(65535, false, 0)))[0]);
    }

    @Test
    void blendsTransparencyOverWhite() throws IOException {
        byte[] half = decoded(color(BufferedImage.TYPE_INT_ARGB, 0x80C86400));
        // 200 * 128 / 255 + 127 = 227.4, 100 * 128 / 255 + 127 = 177.2 and 127
        assertArrayEquals(new byte[] {(byte) 227, (byte) 177, 127}, Arrays.copyOf(half, 3));
        assertEquals((byte) 227, decoded(png(gray16(200 * 257, true, 128 * 257)))[0]);
        byte[] none = decoded(color(BufferedImage.TYPE_INT_ARGB, 0));
        assertArrayEquals(new byte[] {-1, -1, -1}, Arrays.copyOf(none, 3));
    }

    @Test
    void readsJpegBmpAndGif() throws IOException {
        for (String format : List.of("jpeg", "bmp", "gif")) {
            byte[] bytes = encoded(BufferedImage.TYPE_INT_RGB, 0xC86432, format);
            Picture picture = Picture.read(write("one", bytes));
            assertEquals(new PictureSize(16, 8), picture.size(), format);
            assertEquals(3, picture.channels(), format);
            int[] wanted = {0xC8, 0x64, 0x32};
            for (int channel = 0; channel < 3; channel++) {
                assertEquals(wanted[channel], picture.samples()[channel] & 0xff, JPEG_LOSS, format);
            }
        }
    }

    @Test
    void grayJpegIsGray() throws IOException {
        Picture picture = Picture.read(write("one", encoded(BufferedImage.TYPE_BYTE_GRAY, 0x646464, "jpeg")));
        assertEquals(1, picture.channels());
    }

    private static byte[] encoded(int type, int rgb, String format) throws IOException {
        BufferedImage image = new BufferedImage(16, 8, type);
        for (int i = 0; i < 16 * 8; i++) {
            image.setRGB(i % 16, i / 16, rgb);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        assertTrue(ImageIO.write(image, format, bytes), format);
        return bytes.toByteArray();
    }

    @Test
    void believesNoHeaderOfAnyFormatBeyondTheLimit() throws IOException {
        byte[] gif = encoded(BufferedImage.TYPE_INT_RGB, 0, "gif");
        byte[] bmp = encoded(BufferedImage.TYPE_INT_RGB, 0, "bmp");
        byte[] jpeg = encoded(BufferedImage.TYPE_INT_RGB, 0, "jpeg");
        ByteBuffer.wrap(bmp).order(ByteOrder.LITTLE_ENDIAN).putInt(18, 1 << 20).putInt(22, 1 << 20);
        int frame = 0;
        while ((jpeg[frame] & 0xff) != 0xff || (jpeg[frame + 1] & 0xff) != 0xc0) {
            frame++;
        }
        ByteBuffer.wrap(jpeg).putShort(frame + 5, (short) 65_500).putShort(frame + 7, (short) 65_500);
        int descriptor = new String(gif, StandardCharsets.ISO_8859_1).indexOf(',', 13);
        ByteBuffer.wrap(gif)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort(descriptor + 5, (short) -1)
                .putShort(descriptor + 7, (short) -1);
        // ImageIO itself refuses such a BMP.
        Path wide = write("huge", bmp);
        assertThrows(DatasetException.class, () -> Picture.read(wide));
        for (byte[] huge : List.of(gif, jpeg)) {
            Path file = write("huge", huge);
            String message = assertThrows(DatasetException.class, () -> Picture.read(file))
                    .getMessage();
            assertSays("more than " + Picture.MAX_PIXELS, message);
            assertSays(
                    "more than " + Picture.MAX_PIXELS,
                    assertThrows(DatasetException.class, () -> Picture.sizeOf(file))
                            .getMessage());
        }
    }

    /** Found by PictureFuzz: the decoder took the memory that the header asks for. */
    @Test
    void aWholeJpegInABmpIsNoPicture() throws IOException {
        byte[] bmp = encoded(BufferedImage.TYPE_INT_RGB, 0, "bmp");
        ByteBuffer.wrap(bmp).order(ByteOrder.LITTLE_ENDIAN).putInt(30, 4).putInt(34, Integer.MAX_VALUE - 8);
        Path file = write("huge", bmp);
        assertSays(
                "is not a PNG, JPEG, BMP or GIF picture",
                assertThrows(DatasetException.class, () -> Picture.read(file)).getMessage());
    }

    @Test
    void believesNoHeaderBeyondWhatItsFileCanHold() throws IOException {
        byte[] png = gray(1);
        ByteBuffer.wrap(png).putInt(16, 5_000).putInt(20, 5_000);
        byte[] gif = encoded(BufferedImage.TYPE_INT_RGB, 0, "gif");
        int descriptor = new String(gif, StandardCharsets.ISO_8859_1).indexOf(',', 13);
        ByteBuffer.wrap(gif)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort(descriptor + 5, (short) 5_000)
                .putShort(descriptor + 7, (short) 5_000);
        for (byte[] huge : List.of(png, gif)) {
            Path file = write("huge", huge);
            for (Executable reader : List.<Executable>of(() -> Picture.read(file), () -> Picture.sizeOf(file))) {
                assertSays(
                        "5000x5000 pixels, more than so short a file can hold",
                        assertThrows(DatasetException.class, reader).getMessage());
            }
        }
    }

    @Test
    void refusesMoreThanIsReadAtOnceBeforeItIsDecoded() throws IOException {
        // As long as a file of so many pixels is at least, at the best that deflate can do.
        byte[] header = Arrays.copyOf(gray(1), 25_000);
        ByteBuffer.wrap(header).putInt(16, 5_000).putInt(20, 5_000);
        for (int i = 0; i < 20; i++) {
            write("train/a/" + i + ".png", header);
        }
        assertSays("--resize", refusal());
    }

    @Test
    void readsBlackAndWhite() throws IOException {
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_BYTE_BINARY);
        image.setRGB(1, 0, 0xFFFFFFFF);
        assertArrayEquals(new byte[] {0, (byte) 255, 0, 0, 0, 0}, decoded(png(image)));
    }

    @Test
    void readsPalettesOfColorsAndOfGrays() throws IOException {
        byte[] red = {10, 20};
        byte[] green = {30, 40};
        byte[] grays = decoded(png(indexed(red, red, red)));
        assertArrayEquals(new byte[] {20, 10, 10, 10, 10, 10}, grays);
        byte[] colors = decoded(png(indexed(red, green, red)));
        assertArrayEquals(new byte[] {20, 40, 20, 10, 30, 10}, Arrays.copyOf(colors, 6));
    }

    private static BufferedImage indexed(byte[] red, byte[] green, byte[] blue) {
        IndexColorModel palette = new IndexColorModel(8, red.length, red, green, blue);
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_BYTE_INDEXED, palette);
        image.getRaster().setSample(0, 0, 0, 1);
        return image;
    }

    @Test
    void believesNoHeaderBeyondTheLimit() throws IOException {
        byte[] huge = gray(1);
        ByteBuffer.wrap(huge).putInt(16, 60_000).putInt(20, 60_000);
        write("a/1.png", huge);
        assertSays("is 60000x60000 pixels", refusal());
        ByteBuffer.wrap(huge).putInt(16, -1);
        write("a/1.png", huge);
        assertSays("is -1x60000 pixels", refusal());
    }

    @Test
    void refusesDamagedPictures() throws IOException {
        byte[] whole = gray(1);
        for (int length : new int[] {0, 8, 20, 33, 40}) {
            write("a/1.png", Arrays.copyOf(whole, length));
            assertSays("1.png: ", refusal());
        }
    }
}
