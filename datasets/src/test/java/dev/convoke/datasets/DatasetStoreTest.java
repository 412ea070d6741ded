package dev.convoke.datasets;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.datasets.DataLocation.Network;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetStoreTest {
    private static final String TEST_LABELS = "t10k-labels-idx1-ubyte";

    @TempDir
    Path folder;

    private final TinySet tiny = new TinySet("tiny", 1);
    private final TinySet other = new TinySet("other", 2);
    private final Map<String, String> environment = new HashMap<>();
    private Optional<Path> dataDir = Optional.empty();

    private DatasetStore store() {
        DataLocation location = DataLocation.of(dataDir, Network.OFFLINE, environment, folder.resolve("home"));
        return new DatasetStore(List.of(tiny.entry(), other.entry()), location, Duration.ofSeconds(1));
    }

    private Dataset load() {
        return store().load(tiny.entry(), Progress.NONE);
    }

    private String refusal() {
        String message = assertThrows(DatasetException.class, this::load).getMessage();
        assertEquals(1, message.lines().count(), message);
        return message;
    }

    private static void assertSays(String part, String message) {
        assertTrue(message.contains(part), message);
    }

    private Path given(String name) {
        dataDir = Optional.of(folder.resolve(name));
        return folder.resolve(name);
    }

    @Test
    void findsTheSetBelowTheRootThatTheUserNamed() throws IOException {
        tiny.writePacked(given("root").resolve("tiny"));
        Dataset found = load();
        assertEquals(folder.resolve("root/tiny").toString(), found.origin());
        assertEquals("tiny", found.name());
        assertEquals(TinySet.TRAIN, found.train().count());
        assertEquals(TinySet.TEST, found.test().count());
        assertEquals(1, found.train().label(0));
        assertEquals(31, found.train().pixels()[0]);
        assertEquals(62, found.test().pixels()[0]);
    }

    @Test
    void findsTheSetInItsOwnFolder() throws IOException {
        tiny.writePacked(given("mine"));
        assertEquals(folder.resolve("mine").toString(), load().origin());
    }

    @Test
    void findsTheSetByTheEnvironmentAsRootAndAsOwnFolder() throws IOException {
        tiny.writePacked(folder.resolve("data/tiny"));
        environment.put("CONVOKE_DATA_DIR", folder.resolve("data").toString());
        assertEquals(folder.resolve("data/tiny").toString(), load().origin());
        environment.put("CONVOKE_DATA_DIR", folder.resolve("data/tiny").toString());
        assertEquals(folder.resolve("data/tiny").toString(), load().origin());
    }

    @Test
    void findsTheSetInTheCache() throws IOException {
        tiny.writePacked(folder.resolve("home/.cache/convoke/datasets/tiny"));
        assertEquals(folder.resolve("home/.cache/convoke/datasets/tiny").toString(), load().origin());
        tiny.writePacked(folder.resolve("xdg/convoke/datasets/tiny"));
        environment.put("XDG_CACHE_HOME", folder.resolve("xdg").toString());
        assertEquals(folder.resolve("xdg/convoke/datasets/tiny").toString(), load().origin());
    }

    @Test
    void ignoresARelativeCacheHome() throws IOException {
        tiny.writePacked(folder.resolve("home/.cache/convoke/datasets/tiny"));
        environment.put("XDG_CACHE_HOME", "relative");
        assertEquals(folder.resolve("home/.cache/convoke/datasets/tiny").toString(), load().origin());
    }

    @Test
    void findsTheSetOfALinuxPackageLast() throws IOException {
        tiny.systemFolder = Optional.of(folder.resolve("usr"));
        tiny.writePacked(folder.resolve("usr"));
        assertEquals(folder.resolve("usr").toString(), load().origin());
        tiny.writePacked(folder.resolve("home/.cache/convoke/datasets/tiny"));
        assertEquals(folder.resolve("home/.cache/convoke/datasets/tiny").toString(), load().origin());
    }

    @Test
    void theFolderThatTheUserNamedComesFirst() throws IOException {
        tiny.writePacked(given("root").resolve("tiny"));
        tiny.writePacked(folder.resolve("data/tiny"));
        environment.put("CONVOKE_DATA_DIR", folder.resolve("data").toString());
        assertEquals(folder.resolve("root/tiny").toString(), load().origin());
    }

    @Test
    void readsRawFilesAndDottedNames() throws IOException {
        tiny.writeRaw(given("raw"), UnaryOperator.identity());
        String digest = load().digest();
        tiny.writeRaw(given("dotted"), name -> name.replace("-idx", ".idx"));
        assertEquals(folder.resolve("dotted").toString(), load().origin());
        assertEquals(digest, load().digest());
    }

    @Test
    void acceptsFilesPackedAnewIfThePayloadIsRight() throws IOException {
        tiny.writePacked(given("mine"));
        byte[] payload = tiny.payloads.get(TEST_LABELS);
        byte[] twoMembers = Idx.concat(
                Idx.gzip(Arrays.copyOf(payload, 3)), Idx.gzip(Arrays.copyOfRange(payload, 3, payload.length)));
        Files.write(folder.resolve("mine").resolve(TEST_LABELS + ".gz"), twoMembers);
        assertEquals(TinySet.TEST, load().test().count());
    }

    @Test
    void refusesAWrongPayloadAndNamesFileDigestsAndRemedy() throws IOException {
        tiny.writePacked(given("mine"));
        byte[] wrong = Idx.gzip(new TinySet("wrong", 3).payloads.get(TEST_LABELS));
        Path file = Files.write(folder.resolve("mine").resolve(TEST_LABELS + ".gz"), wrong);
        String message = refusal();
        assertSays(file + ": SHA-256 of the payload is ", message);
        assertSays("expected " + TinySet.sha256(tiny.payloads.get(TEST_LABELS)), message);
        assertSays("delete the file", message);
    }

    @Test
    void checksTheArchiveWhereOnlyItsDigestIsKnown() throws IOException {
        tiny.known = TinySet.Known.ARCHIVES;
        tiny.writePacked(given("mine"));
        assertEquals(TinySet.TEST, load().test().count());
        Path file = folder.resolve("mine").resolve(TEST_LABELS + ".gz");
        Files.write(file, Idx.concat(Files.readAllBytes(file), new byte[9]));
        assertSays(file + ": SHA-256 of the archive is ", refusal());
    }

    @Test
    void checksMd5WhereNothingElseIsKnown() throws IOException {
        tiny.known = TinySet.Known.ARCHIVES_BY_MD5;
        tiny.writePacked(given("mine"));
        assertEquals(TinySet.TEST, load().test().count());
        Path file = folder.resolve("mine").resolve(TEST_LABELS + ".gz");
        Files.write(file, Idx.concat(Files.readAllBytes(file), new byte[9]));
        assertSays(file + ": MD5 of the archive is ", refusal());
    }

    private List<String> noticesOfLoading() {
        List<String> notices = new ArrayList<>();
        Progress progress = new Progress() {
            @Override
            public void transferred(String file, long done, long total) {
                throw new AssertionError("nothing is downloaded");
            }

            @Override
            public void notice(String line) {
                notices.add(line);
            }
        };
        store().load(tiny.entry(), progress);
        return notices;
    }

    @Test
    void payloadsOfUnknownDigestAreNotedOnFirstUseAndCheckedFromThenOn() throws IOException {
        tiny.known = TinySet.Known.ARCHIVES;
        Path mine = given("mine");
        tiny.writeRaw(mine, UnaryOperator.identity());
        List<String> notices = noticesOfLoading();
        assertEquals(1, notices.size());
        assertSays(
                "4 uncompressed files, which are not published, recorded in " + mine.resolve(PayloadPins.FILE),
                notices.get(0));
        assertEquals(List.of(), noticesOfLoading());
        byte[] changed = tiny.payloads.get("train-images-idx3-ubyte").clone();
        changed[changed.length - 1] ^= 1;
        Files.write(mine.resolve("train-images-idx3-ubyte"), changed);
        assertSays("when it was first read", refusal());
        Files.writeString(mine.resolve(PayloadPins.FILE), "nonsense\n");
        assertSays("is damaged", refusal());
    }

    @Test
    void payloadsOfPublishedArchivesAreNotedWhateverWasNotedBefore() throws IOException {
        tiny.known = TinySet.Known.ARCHIVES;
        Path mine = given("mine");
        tiny.writePacked(mine);
        Files.writeString(mine.resolve(PayloadPins.FILE), "0".repeat(64) + "  train-images-idx3-ubyte\n");
        assertEquals(1, noticesOfLoading().size());
        for (Map.Entry<String, byte[]> file : tiny.payloads.entrySet()) {
            String line = TinySet.sha256(file.getValue()) + "  " + file.getKey();
            assertTrue(Files.readAllLines(mine.resolve(PayloadPins.FILE)).contains(line), line);
        }
        // Unpacked by hand later, they are still the published ones.
        for (String name : tiny.payloads.keySet()) {
            Files.delete(mine.resolve(name + ".gz"));
        }
        tiny.writeRaw(mine, UnaryOperator.identity());
        assertEquals(List.of(), noticesOfLoading());
    }

    /** Whose labels a file holds must not be asked of ten gigabytes, packed or unpacked. */
    @Test
    void whatUnpacksToMoreThanLabelsIsNotReadToItsEnd() throws IOException {
        long[] taken = new long[1];
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                taken[0]++;
                return 0;
            }

            @Override
            public int read(byte[] buffer, int from, int length) {
                taken[0] += length;
                return length;
            }
        };
        try (InputStream bounded = new FileFinder.BoundedStream(endless)) {
            assertThrows(IOException.class, () -> Digests.ofStream(bounded, Digests.sha256()));
        }
        assertTrue(taken[0] <= 5 << 20, taken[0] + " bytes");
        Path mine = Files.createDirectories(given("mine"));
        try (OutputStream gzip = new GZIPOutputStream(Files.newOutputStream(mine.resolve(TEST_LABELS + ".gz")))) {
            gzip.write(new byte[8 << 20]);
        }
        assertEquals(Optional.empty(), store().place(tiny.entry()));
    }

    @Test
    void verifyTellsWhatIsKnownOfEachFile() throws IOException {
        tiny.known = TinySet.Known.ARCHIVES;
        Path mine = given("mine");
        tiny.writePacked(mine);
        Files.delete(mine.resolve("train-images-idx3-ubyte.gz"));
        Files.delete(mine.resolve("train-labels-idx1-ubyte.gz"));
        Files.write(mine.resolve("train-labels-idx1-ubyte"), tiny.payloads.get("train-labels-idx1-ubyte"));
        Files.write(mine.resolve(TEST_LABELS + ".gz"), new byte[] {1, 2, 3});
        List<FileCheck.Status> statuses =
                store().verify(tiny.entry()).stream().map(FileCheck::status).toList();
        assertEquals(
                List.of(
                        FileCheck.Status.MISSING,
                        FileCheck.Status.UNKNOWN,
                        FileCheck.Status.VERIFIED,
                        FileCheck.Status.DAMAGED),
                statuses);
    }

    @Test
    void aFolderOfAnotherSetIsPassedOver() throws IOException {
        other.writePacked(given("mine"));
        assertSays("tiny: train-images-idx3-ubyte, ", refusal());
        assertFalse(store().place(tiny.entry()).isPresent());
        assertTrue(store().place(other.entry()).isPresent());
    }

    @Test
    void offlineNamesWhatIsMissingWhereItLookedAndTheRemedy() {
        given("mine");
        String message = refusal();
        assertSays(TEST_LABELS + " not found in " + folder.resolve("mine/tiny"), message);
        assertSays("--data-dir", message);
    }

    @Test
    void anInterruptedCopyNamesOnlyTheMissingFile() throws IOException {
        tiny.writePacked(given("mine"));
        Files.delete(folder.resolve("mine/train-images-idx3-ubyte.gz"));
        assertSays("tiny: train-images-idx3-ubyte not found", refusal());
    }

    @Test
    void readsMembersOfAZip() throws IOException {
        tiny.bundled = true;
        Files.createDirectories(given("mine"));
        Files.write(folder.resolve("mine/gzip.zip"), tiny.zip());
        assertEquals(TinySet.TRAIN, load().train().count());
        Files.write(folder.resolve("mine/gzip.zip"), new byte[] {1, 2, 3});
        assertSays("gzip.zip", refusal());
    }

    @Test
    void turnsColumnsIntoRows() throws IOException {
        tiny.writePacked(given("mine"));
        byte[] asStored = load().train().image(0);
        tiny.pixelOrder = PixelOrder.COLUMN_MAJOR;
        // [3 columns][2 rows] read along the rows.
        byte[] upright = {asStored[0], asStored[2], asStored[4], asStored[1], asStored[3], asStored[5]};
        assertArrayEquals(upright, load().train().image(0));
    }

    @Test
    void transposingLeavesPixelAtRowAndColumnSwapped() {
        byte[] pixels = new byte[2 * 28 * 28];
        pixels[28 * 28 + 3 * 28 + 5] = 9;
        IdxDataset.transpose(pixels, 28, 28);
        assertEquals(9, pixels[28 * 28 + 5 * 28 + 3]);
        assertEquals(0, pixels[28 * 28 + 3 * 28 + 5]);
    }

    @Test
    void takesTheFirstColumnOfExtendedLabels() throws IOException {
        ByteBuffer rows = ByteBuffer.allocate(TinySet.TEST * 8 * 4);
        for (int i = 0; i < TinySet.TEST; i++) {
            rows.putInt(i * 32, i % 3).putInt(i * 32 + 4, 4711);
        }
        tiny.payloads.put(TEST_LABELS, Idx.concat(Idx.header(0x0C, TinySet.TEST, 8), rows.array()));
        tiny.writePacked(given("mine"));
        assertArrayEquals(new int[] {0, 1, 2, 0}, load().test().labels());
    }

    @Test
    void refusesLabelsWithoutAClass() throws IOException {
        tiny.payloads.put(TEST_LABELS, Idx.bytes(new byte[] {0, 1, 3, 0}, 4));
        tiny.writePacked(given("mine"));
        assertSays("label 3 of image 2 is not one of the 3 classes", refusal());
        tiny.payloads.put(TEST_LABELS, Idx.concat(Idx.header(0x09, 4), new byte[] {0, -1, 0, 0}));
        tiny.writePacked(given("mine"));
        assertSays("label -1 of image 1", refusal());
    }

    @Test
    void refusesLabelsThatAreNoWholeNumbers() throws IOException {
        tiny.payloads.put(TEST_LABELS, Idx.concat(Idx.header(0x0D, 4), new byte[16]));
        tiny.writePacked(given("mine"));
        assertSays("holds FLOAT32 4, expected whole numbers", refusal());
    }

    @Test
    void refusesFilesOfAnotherShape() throws IOException {
        tiny.payloads.put("t10k-images-idx3-ubyte", Idx.bytes(new byte[20], 4, 5));
        tiny.writePacked(given("mine"));
        assertSays("holds UINT8 4x5, expected UINT8 4x2x3", refusal());
    }

    @Test
    void refusesAnotherNumberOfLabels() throws IOException {
        tiny.payloads.put(TEST_LABELS, Idx.bytes(new byte[3], 3));
        tiny.writePacked(given("mine"));
        assertSays("holds 3 labels, expected 4", refusal());
    }

    @Test
    void refusesAnEnvironmentThatIsNoPath() {
        environment.put("CONVOKE_DATA_DIR", "\0");
        assertSays("$CONVOKE_DATA_DIR", refusal());
    }
}
