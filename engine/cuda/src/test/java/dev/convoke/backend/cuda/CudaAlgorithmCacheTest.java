package dev.convoke.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CudaAlgorithmCacheTest {
    private static final String KEY =
            "GPU; cuDNN 91900; FLOAT32; backward filter; 32x1x28x28 to 32, 3x3 by 1, padded 1x1";

    @TempDir
    Path folder;

    private final List<String> remarks = new ArrayList<>();

    private CudaAlgorithmCache open() {
        return new CudaAlgorithmCache(file(), remarks::add);
    }

    private Path file() {
        return folder.resolve("convoke").resolve("algorithms.txt");
    }

    @Test
    void whatWasChosenIsFoundByTheNextProcess() {
        CudaAlgorithmCache first = open();
        assertEquals(Optional.empty(), first.find(KEY));
        first.put(KEY, new CudnnAlgorithm(6, 3));
        first.put(KEY + ", another", new CudnnAlgorithm(1, 0));
        CudaAlgorithmCache second = open();
        assertEquals(Optional.of(new CudnnAlgorithm(6, 3)), second.find(KEY));
        assertEquals(Optional.of(new CudnnAlgorithm(1, 0)), second.find(KEY + ", another"));
        assertEquals(List.of(), remarks);
    }

    @Test
    void nothingButTheFileIsLeftInItsFolder() throws IOException {
        open().put(KEY, new CudnnAlgorithm(1, 0));
        try (Stream<Path> left = Files.list(file().getParent())) {
            assertEquals(List.of(file()), left.toList());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "another header\n",
                "convoke cuda algorithms 1\nno choice",
                "convoke cuda algorithms 1\nkey = 1",
                "convoke cuda algorithms 1\nkey = 1 99999999999",
                "convoke cuda algorithms 1\nkey = -1 0\n"
            })
    void aDamagedFileIsLeftAsideWithARemark(String content) throws IOException {
        Files.createDirectories(file().getParent());
        Files.writeString(file(), content);
        CudaAlgorithmCache cache = open();
        assertEquals(1, remarks.size());
        assertTrue(remarks.get(0).startsWith(file() + " is of no use ("), remarks.get(0));
        cache.put(KEY, new CudnnAlgorithm(2, 1));
        remarks.clear();
        assertEquals(Optional.of(new CudnnAlgorithm(2, 1)), open().find(KEY));
        assertEquals(List.of(), remarks);
    }

    @Test
    void aFileOfNoTextAndOneThatIsTooLargeAreLeftAside() throws IOException {
        Files.createDirectories(file().getParent());
        Files.write(file(), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        open();
        Files.write(file(), new byte[(1 << 20) + 1]);
        open();
        assertEquals(2, remarks.size());
    }

    @Test
    void aFolderThatCannotBeWrittenCostsARemarkAndNoRun() throws IOException {
        Files.writeString(folder.resolve("convoke"), "a file where a folder should be");
        CudaAlgorithmCache cache = open();
        cache.put(KEY, new CudnnAlgorithm(2, 1));
        cache.put(KEY + "2", new CudnnAlgorithm(2, 1));
        assertEquals(Optional.of(new CudnnAlgorithm(2, 1)), cache.find(KEY));
        assertEquals(1, remarks.size());
    }
}
