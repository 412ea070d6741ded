package dev.convoke.backend.cuda;

import dev.convoke.plan.Precision;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The messages why CUDA cannot be used: what is missing, which version was found where, and the remedy. Each is one line
 * that continues {@code device 'cuda' cannot run here: }.
 */
public final class CudaFailure {
    /** First driver of CUDA 12 and of CUDA 13; within a major version, every driver supports every minor version. */
    private static final int DRIVER_OF_CUDA_12 = 525;

    private static final int DRIVER_OF_CUDA_13 = 580;

    private static final double MEBIBYTE = 1L << 20;

    private CudaFailure() {}

    private static String driverFor(int cudaMajor) {
        return "driver " + (cudaMajor >= 13 ? DRIVER_OF_CUDA_13 : DRIVER_OF_CUDA_12) + " or newer";
    }

    static String noDriver(int cudaMajor) {
        return "there is no NVIDIA driver (libcuda.so.1 was not found): install " + driverFor(cudaMajor);
    }

    static String driverOutOfReach(String module) {
        return "the kernel runs NVIDIA's driver " + module
                + ", but libcuda.so.1 was not found: in a container, start it"
                + " with NVIDIA's container toolkit, as in docker run --gpus all";
    }

    static String driverTooOld(int version, Optional<String> module, int cudaMajor) {
        return "the NVIDIA driver" + module.map(text -> " " + text).orElse("") + " supports CUDA "
                + CudaVersion.text(version) + ", this build needs CUDA " + cudaMajor + ": install "
                + driverFor(cudaMajor) + (cudaMajor > 12 ? ", or build with mvn -Pcuda-12 and CUDA 12's nvcc" : "");
    }

    static String noGpu(int driverVersion, Optional<String> visibleDevices, String error) {
        return "the NVIDIA driver (CUDA " + CudaVersion.text(driverVersion) + ") reports no GPU"
                + (error.isEmpty() ? "" : " (" + error + ")") + ": run nvidia-smi"
                + visibleDevices
                        .map(value -> ", and whether CUDA_VISIBLE_DEVICES, which is '" + value + "', hides it")
                        .orElse("");
    }

    static String driverRefuses(String error) {
        return "the NVIDIA driver does not respond (cudaGetDeviceCount: " + error
                + "): run nvidia-smi; a restart loads driver and kernel module of the same version";
    }

    static String gpuRefuses(int ordinal, String error) {
        return "GPU " + ordinal + " does not respond (" + error + "): run nvidia-smi, or exclude it with"
                + " CUDA_VISIBLE_DEVICES";
    }

    static String noSuchGpu(int ordinal, int count) {
        return "there is no GPU " + ordinal + ", this machine has "
                + (count == 1 ? "one, cuda:0" : count + ", cuda:0 to cuda:" + (count - 1)) + ": name an existing one";
    }

    static String gpuTooOld(Gpu gpu, String needed) {
        return "GPU " + gpu.ordinal() + ", " + gpu.name() + ", has compute capability " + gpu.computeCapability()
                + ", our kernels need " + needed
                + " (Turing) or newer: name a newer one, as in --device cuda:1, or use --device cpu";
    }

    /** That a GPU does not serve beside others that do: its own line without the remedy, which nobody needs. */
    static String leftOut(String line) {
        return "left out: " + line.substring(0, line.lastIndexOf(": "));
    }

    static String noPrecision(CudaDevice device, Precision precision) {
        return "device 'cuda' does not compute in " + precision + " on GPU " + device.ordinal() + ", " + device.name()
                + ", which has compute capability " + device.computeMajor() + "." + device.computeMinor()
                + " and would need 8.0 (Ampere): use --precision fp32, or name a newer one, as in --device cuda:1";
    }

    static String noKernels(String reason) {
        return "our CUDA kernels do not load (" + reason + "): build Convoke where nvcc, CUDA's compiler, is installed";
    }

    /** A library that is missing, or only found in another major version, or outside the loader's search path. */
    static String libraryMissing(String file, int cudaMajor, LibrarySearch search) {
        CudaLibrary library = CudaLibrary.of(file);
        String what = file + " (" + library.title() + ") ";
        List<Path> there = search.named(file);
        if (!there.isEmpty()) {
            Path folder = there.get(0).toAbsolutePath().getParent();
            return what + "is in " + folder + ", which the loader does not search: add that folder to LD_LIBRARY_PATH";
        }
        List<Path> others = search.versionsOf(file.substring(0, file.lastIndexOf(".so") + ".so".length()));
        return what + "was not found" + (others.isEmpty() ? "" : ", only " + others.get(0))
                + ": install it, as with pip" + " install " + library.wheel(cudaMajor)
                + ", and add its folder to LD_LIBRARY_PATH";
    }

    static String libraryBroken(String message) {
        return "a CUDA library does not load (" + message + "): check that CUDA, cuBLAS and cuDNN on LD_LIBRARY_PATH"
                + " belong together";
    }

    static String wrongMajor(CudaLibrary library, String found, int neededMajor, Optional<Path> where, int cudaMajor) {
        return library.title() + " " + found
                + where.map(path -> " (" + path + ")").orElse("") + " was loaded, this"
                + " build needs " + library.title() + " " + neededMajor
                + ": put that first on LD_LIBRARY_PATH, as with pip"
                + " install " + library.wheel(cudaMajor);
    }

    /**
     * The message for insufficient GPU memory.
     *
     * @param gpu the GPU, as in {@code GPU 0, NVIDIA H100}
     * @param asked bytes
     * @param free bytes
     * @param total bytes
     */
    public static String outOfMemory(String gpu, long asked, long free, long total) {
        return String.format(
                Locale.ROOT,
                "%s is out of memory: %.1f MiB were requested, %.1f of %.1f MiB are free; choose a smaller batch, fewer"
                        + " trials at a time (--jobs), or end other programs on the GPU (nvidia-smi)",
                gpu,
                asked / MEBIBYTE,
                free / MEBIBYTE,
                total / MEBIBYTE);
    }
}
