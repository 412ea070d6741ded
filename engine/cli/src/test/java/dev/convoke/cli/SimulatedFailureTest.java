package dev.convoke.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.backend.cuda.SimulatedDevice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a person sees where something of CUDA is missing: the whole process, on simulated libraries that lack just that. Each
 * ends with exit code 6 and one line; {@code auto} says the same line and goes on.
 */
@Tag(SimulatedDevice.TAG)
class SimulatedFailureTest {
    /** Of the simulated libraries: folders that lack one. */
    private static final String WITHOUT = "simulated-without";

    @TempDir
    Path folder;

    private record Ended(int code, String out, String err) {}

    private static Path without(String library) {
        return SimulatedDevice.folder().resolveSibling(WITHOUT).resolve(library);
    }

    /** Runs the command line in a process of its own, whose libraries lie in {@code libraries}. */
    private Ended run(Path libraries, Map<String, String> settings, String... arguments)
            throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dconvoke.cuda.kernels=" + SimulatedDevice.folder().resolve("libconvoke_cuda.so"),
                "-Dorg.bytedeco.javacpp.platform.linkpath=" + libraries,
                "-Dorg.bytedeco.javacpp.cachedir=" + folder.resolve("cache"),
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Main.class.getName()));
        words.addAll(List.of(arguments));
        Path out = folder.resolve("out.txt");
        Path err = folder.resolve("err.txt");
        ProcessBuilder builder =
                new ProcessBuilder(words).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().put("LD_LIBRARY_PATH", libraries.toString());
        builder.environment().putAll(settings);
        int code = builder.start().waitFor();
        return new Ended(
                code, Files.readString(out, StandardCharsets.UTF_8), Files.readString(err, StandardCharsets.UTF_8));
    }

    private void refuses(Path libraries, Map<String, String> settings, String... mentions)
            throws IOException, InterruptedException {
        Ended named = run(libraries, settings, "train", "--dataset", "digits", "--device", "cuda");
        assertEquals(ExitCode.DEVICE.code(), named.code(), named.err());
        assertEquals(1, named.err().lines().count(), named.err());
        for (String mention : mentions) {
            assertTrue(named.err().contains(mention), named.err());
        }
        Ended automatic = run(libraries, settings, "doctor");
        assertEquals(0, automatic.code(), automatic.err());
        String line = named.err().strip().replaceFirst("convoke: ", "").replaceFirst("; use --device auto$", "");
        assertTrue(automatic.out().contains("--device auto picks cpu: " + line), automatic.out() + line);
    }

    @Test
    void noDriver() throws Exception {
        refuses(without("driver"), Map.of(), "there is no NVIDIA driver", "install driver ");
    }

    @Test
    void aDriverThatIsTooOld() throws Exception {
        refuses(
                SimulatedDevice.folder(),
                Map.of("CONVOKE_SIM_DRIVER", "11040"),
                "supports CUDA 11.4, this build needs CUDA ",
                "install driver ");
    }

    @Test
    void noGpu() throws Exception {
        refuses(SimulatedDevice.folder(), Map.of("CONVOKE_SIM_DEVICES", "0"), "reports no GPU", "nvidia-smi");
    }

    @Test
    void aGpuThatIsTooOld() throws Exception {
        refuses(
                SimulatedDevice.folder(),
                Map.of("CONVOKE_SIM_CAPABILITY", "7.0"),
                "has compute capability 7.0, our kernels need 7.5");
    }

    @Test
    void noCudnn() throws Exception {
        refuses(without("cudnn"), Map.of(), "libcudnn", "(cuDNN) was not found", "pip install nvidia-cudnn-cu");
    }

    @Test
    void noCublas() throws Exception {
        refuses(without("cublas"), Map.of(), "libcublas", "(cuBLAS) was not found", "pip install nvidia-cublas");
    }

    @Test
    void aCudnnOfAnotherMajorVersion() throws Exception {
        refuses(SimulatedDevice.folder(), Map.of("CONVOKE_SIM_CUDNN", "8905"), "cuDNN 8.9.5", "needs cuDNN 9");
    }

    @Test
    void aRuntimeOfAnotherMajorVersion() throws Exception {
        refuses(
                SimulatedDevice.folder(),
                Map.of("CONVOKE_SIM_RUNTIME", "11080"),
                "CUDA runtime 11.8",
                "needs CUDA runtime ");
    }

    @Test
    void autoGoesOnWithTheProcessorAndSaysWhyOnce() throws Exception {
        Path out = folder.resolve("run");
        Ended run = run(
                SimulatedDevice.folder(),
                Map.of("CONVOKE_SIM_DEVICES", "0"),
                "train",
                "--dataset",
                "digits",
                "--epochs",
                "1",
                "--out",
                out.toString());
        assertEquals(0, run.code(), run.err());
        assertEquals(
                1,
                run.err()
                        .lines()
                        .filter(line -> line.contains("reports no GPU"))
                        .count(),
                run.err());
        assertFalse(run.err().contains("Exception"), run.err());
    }
}
