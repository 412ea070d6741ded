package dev.convoke.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CudaKernelLibraryTest {
    @TempDir
    Path folder;

    @Test
    void aBuildWithoutNvccSaysSoInOneLine() {
        Error error = assertThrows(UnsatisfiedLinkError.class, () -> CudaKernelLibrary.kernels(null, null));
        assertEquals(
                "libconvoke_cuda.so is not in this build: nvcc was not there when it was made", error.getMessage());
    }

    @Test
    void aNamedLibraryComesBeforeTheCarriedOne() throws IOException {
        Path named = Files.createFile(folder.resolve("libconvoke_cuda.so"));
        URL carried = folder.resolve("carried.so").toUri().toURL();
        assertEquals(named.toFile(), CudaKernelLibrary.kernels(named.toString(), carried));
    }

    @Test
    void aNamedLibraryThatIsNotThereIsRefused() {
        String named = folder.resolve("missing.so").toString();
        Error error = assertThrows(UnsatisfiedLinkError.class, () -> CudaKernelLibrary.kernels(named, null));
        assertEquals("-Dconvoke.cuda.kernels names " + named + ", which is not a file", error.getMessage());
    }
}
