package dev.convoke.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.backend.Probe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.cuda.global.cudnn;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a machine lacks has its own line: what is missing, what was found where, and the remedy. */
class CudaProbeTest {
    private static final int MAJOR = cudart.CUDART_VERSION / 1000;
    private static final long GIB = 1L << 30;

    private final FakeCudaMachine machine = new FakeCudaMachine();

    @TempDir
    Path folder;

    @BeforeEach
    void haveWhatTheBuildNeeds() {
        machine.driver = new CudaMachine.Driver(cudart.CUDART_VERSION, 1, "");
        machine.libraries = new CudaLibraryVersions(cudart.CUDART_VERSION, cudnn.CUDNN_VERSION, cublas.CUBLAS_VERSION);
    }

    @Test
    void aMachineThatHasAllSaysWhatItHas() {
        machine.libraries = new CudaLibraryVersions(MAJOR * 1000, 90_100, MAJOR * 10_000 + 203);
        Probe probe = new CudaProbe(machine).probe(List.of());
        assertTrue(probe.available(), probe.detail());
        assertEquals(
                "NVIDIA H100 80GB HBM3 (compute capability 9.0, 80.0 GiB), CUDA " + MAJOR + ".0, cuDNN 9.1.0, cuBLAS "
                        + MAJOR + ".2.3",
                probe.detail());
        assertEquals(List.of(), new CudaProbe(machine).findings().missing());
    }

    @Test
    void noDriver() {
        machine.module = Optional.empty();
        machine.driver = new CudaMachine.Driver(0, 0, "cudaErrorInsufficientDriver: too old");
        refuses("there is no NVIDIA driver", "libcuda.so.1", "install driver ");
        assertEquals(0, machine.touches);
    }

    @Test
    void noDriverUnderTheBindings() {
        machine.module = Optional.empty();
        machine.librariesError = failureToOpen("libcuda.so.1");
        refuses("there is no NVIDIA driver", "libcuda.so.1", "install driver ");
    }

    @Test
    void aDriverThatTheContainerDoesNotShow() {
        machine.driver = new CudaMachine.Driver(0, 0, "cudaErrorInsufficientDriver: too old");
        refuses("580.65.06", "libcuda.so.1 was not found", "--gpus all");
        assertEquals(0, machine.touches);
    }

    @Test
    void aDriverThatIsTooOld() {
        machine.module = Optional.of("470.42.01");
        machine.driver = new CudaMachine.Driver(11_040, 0, "cudaErrorInsufficientDriver: too old");
        refuses("driver 470.42.01 supports CUDA 11.4", "needs CUDA " + MAJOR, "install driver ");
        assertEquals(0, machine.touches);
    }

    @Test
    void noGpu() {
        machine.driver = new CudaMachine.Driver(cudart.CUDART_VERSION, 0, "cudaErrorNoDevice: no device is detected");
        refuses("reports no GPU", "cudaErrorNoDevice", "nvidia-smi");
        assertEquals(0, machine.touches);
    }

    @Test
    void aDriverThatRefuses() {
        machine.driver = new CudaMachine.Driver(cudart.CUDART_VERSION, 0, "cudaErrorSystemDriverMismatch: mismatch");
        refuses("cudaErrorSystemDriverMismatch", "nvidia-smi");
        assertEquals(0, machine.touches);
    }

    @Test
    void aGpuThatIsTooOld() {
        machine.gpus = List.of(new Gpu(0, "Tesla V100-SXM2-16GB", 7, 0, 16 * GIB));
        refuses("GPU 0, Tesla V100-SXM2-16GB, has compute capability 7.0", "7.5", "--device");
        assertEquals(1, new CudaProbe(machine).findings().missing().size());
    }

    @Test
    void anOldGpuBesideANewOneIsLeftOut() {
        machine.driver = new CudaMachine.Driver(cudart.CUDART_VERSION, 2, "");
        machine.gpus = List.of(new Gpu(0, "Quadro P400", 6, 1, 2 * GIB), new Gpu(1, "GeForce RTX 2080", 7, 5, 8 * GIB));
        CudaProbe probe = new CudaProbe(machine);
        Probe answer = probe.probe(List.of());
        assertTrue(answer.available(), answer.detail());
        assertMentions(answer.detail(), "GeForce RTX 2080", "left out: GPU 0, Quadro P400, has compute capability 6.1");
        assertEquals(List.of(1), probe.serving(List.of()));
        assertEquals(List.of(), probe.findings().missing());
        assertFalse(probe.probe(List.of(0)).available());
        assertFalse(probe.probe(List.of(1, 0)).available(), "one that is asked for is never left out");
        assertTrue(probe.probe(List.of(1)).available());
        assertFalse(probe.probe(List.of(1)).detail().contains("left out"), "what nobody asked for");
    }

    @Test
    void aGpuThatDoesNotAnswerIsItsOwnTrouble() {
        machine.driver = new CudaMachine.Driver(cudart.CUDART_VERSION, 2, "");
        machine.gpus = List.of(new Gpu(0, "NVIDIA L4", 8, 9, 24 * GIB), new Gpu(1, "NVIDIA L4", 8, 9, 24 * GIB));
        machine.silent = 1;
        CudaProbe probe = new CudaProbe(machine);
        assertTrue(probe.probe(List.of(0)).available());
        assertMentions(probe.probe(List.of()).detail(), "NVIDIA L4", "left out: GPU 1 does not respond");
        assertEquals(List.of(0), probe.serving(List.of()));
        assertMentions(probe.probe(List.of(1)).detail(), "GPU 1 does not respond", "cudaErrorDevicesUnavailable");
    }

    @Test
    void noneOfSeveralGpusIsEnough() {
        machine.driver = new CudaMachine.Driver(cudart.CUDART_VERSION, 2, "");
        machine.gpus = List.of(new Gpu(0, "Quadro P400", 6, 1, 2 * GIB), new Gpu(1, "Quadro P400", 6, 1, 2 * GIB));
        refuses("GPU 0, Quadro P400, has compute capability 6.1", "7.5", "--device");
        assertEquals(List.of(), new CudaProbe(machine).serving(List.of()));
    }

    @Test
    void aGpuThatIsNotThere() {
        Probe probe = new CudaProbe(machine).probe(List.of(0, 3));
        assertFalse(probe.available());
        assertMentions(probe.detail(), "no GPU 3", "cuda:0");
    }

    @Test
    void kernelsThatWereNotBuilt() {
        machine.kernelsError = new UnsatisfiedLinkError("nvcc was not there when it was made");
        refuses("our CUDA kernels do not load", "nvcc was not there when it was made", "build Convoke where nvcc");
        assertEquals(0, machine.touches);
    }

    @Test
    void kernelsAreNotTheFirstThingToMendWithoutADriver() {
        machine.module = Optional.empty();
        machine.kernelsError = new NoClassDefFoundError("CudaKernels");
        refuses("there is no NVIDIA driver", "install driver ");
        assertMentions(new CudaProbe(machine).findings().missing().get(1), "our CUDA kernels do not load");
    }

    @Test
    void aLibraryThatIsNowhere() {
        machine.librariesError = failureToOpen("libcudnn_cnn.so.9");
        refuses("libcudnn_cnn.so.9 (cuDNN) was not found:", "pip install nvidia-cudnn-cu" + MAJOR, "LD_LIBRARY_PATH");
    }

    @Test
    void aLibraryOfAnotherMajorVersion() throws IOException {
        Path other = Files.createFile(folder.resolve("libcublas.so.11"));
        machine.folders = List.of(folder);
        machine.librariesError = failureToOpen("libcublas.so." + MAJOR);
        refuses("libcublas.so." + MAJOR + " (cuBLAS) was not found, only " + other, "pip install nvidia-cublas");
    }

    @Test
    void aLibraryWhereTheLoaderDoesNotLook() throws IOException {
        Files.createFile(folder.resolve("libcudart.so." + MAJOR));
        machine.folders = List.of(folder);
        machine.librariesError = failureToOpen("libcudart.so." + MAJOR);
        refuses("libcudart.so." + MAJOR + " (CUDA runtime) is in " + folder, "add that folder to LD_LIBRARY_PATH");
    }

    @Test
    void librariesThatDoNotBelongTogether() {
        machine.librariesError = new UnsatisfiedLinkError("/x/libjnicublas.so: undefined symbol: cublasLtNothing");
        refuses("undefined symbol: cublasLtNothing", "LD_LIBRARY_PATH");
    }

    @Test
    void aCudnnOfAnotherMajorVersion() {
        machine.libraries = new CudaLibraryVersions(cudart.CUDART_VERSION, 8_905, cublas.CUBLAS_VERSION);
        refuses("cuDNN 8.9.5", "needs cuDNN 9", "pip install nvidia-cudnn-cu" + MAJOR);
    }

    @Test
    void aRuntimeOfAnotherMajorVersion() {
        machine.libraries = new CudaLibraryVersions(11_080, cudnn.CUDNN_VERSION, cublas.CUBLAS_VERSION);
        refuses("CUDA runtime 11.8", "needs CUDA runtime " + MAJOR, "pip install nvidia-cuda-runtime");
    }

    /** A container's driver may lie on the path that is there. */
    @Test
    void theGuidesCommandKeepsWhatIsOnTheLibraryPath() throws IOException, InterruptedException {
        String command = Files.readAllLines(Path.of("../../docs/gpu.md")).stream()
                .filter(line -> line.startsWith("export LD_LIBRARY_PATH="))
                .findFirst()
                .orElseThrow();
        Path path = folder.resolve("path.txt");
        ProcessBuilder shell = new ProcessBuilder("bash", "-c", command + "; echo \"$LD_LIBRARY_PATH\"");
        shell.environment().put("LD_LIBRARY_PATH", "/of/the/driver");
        shell.redirectOutput(path.toFile()).redirectErrorStream(false).start().waitFor();
        assertTrue(Files.readString(path).stripTrailing().endsWith(":/of/the/driver"), Files.readString(path));
    }

    @Test
    void outOfMemoryNamesWhatIsFreeAndTheRemedy() {
        String line = CudaFailure.outOfMemory("GPU 0, NVIDIA T4", 3 << 20, 1 << 20, 16 << 20);
        assertMentions(line, "GPU 0, NVIDIA T4 is out of memory", "3.0 MiB", "1.0 of 16.0 MiB", "smaller batch");
        assertFalse(line.contains("\n"));
    }

    @Test
    void thisMachineAnswersWithoutThrowing() {
        Probe probe = CudaProbe.of(List.of());
        assertEquals(probe.available(), CudaProbe.facts().missing().isEmpty(), probe.detail());
        assertFalse(probe.detail().contains("\n"), probe.detail());
    }

    /** As JavaCPP reports it: the loader's own words are the cause. */
    private static LinkageError failureToOpen(String file) {
        LinkageError error = new UnsatisfiedLinkError("no jnicudart in java.library.path: /usr/lib");
        error.initCause(new UnsatisfiedLinkError("/home/someone/.javacpp/cache/libjnicudart.so: " + file
                + ": cannot open shared object file: No such file or directory"));
        return error;
    }

    private void refuses(String... mentions) {
        CudaProbe probe = new CudaProbe(machine);
        Probe answer = probe.probe(List.of());
        assertFalse(answer.available());
        assertMentions(answer.detail(), mentions);
        assertFalse(answer.detail().contains("\n"), answer.detail());
        assertEquals(answer.detail(), probe.findings().missing().get(0));
    }

    private static void assertMentions(String line, String... mentions) {
        for (String mention : mentions) {
            assertTrue(line.contains(mention), line);
        }
    }
}
