package dev.convoke.backend.cuda;

import dev.convoke.kernels.CudaKernels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.cuda.global.cudnn;
import org.bytedeco.javacpp.IntPointer;

/** The machine that this process runs on. */
final class NativeCudaMachine implements CudaMachine {
    private static final Path MODULE = Path.of("/proc/driver/nvidia/version");
    private static final Pattern MODULE_VERSION = Pattern.compile("NVRM version:.*?\\s(\\d+\\.[\\d.]+)\\s");

    @Override
    public Optional<String> driverModule() {
        try {
            Matcher version = MODULE_VERSION.matcher(Files.readString(MODULE));
            return version.find() ? Optional.of(version.group(1)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public Driver driver() {
        try (IntPointer answer = new IntPointer(1)) {
            int version = CudaKernels.driverVersion(answer) == 0 ? answer.get() : 0;
            int error = CudaKernels.deviceCount(answer);
            return error == 0
                    ? new Driver(version, answer.get(), "")
                    : new Driver(version, 0, CudaKernels.errorText(error));
        }
    }

    @Override
    public Gpu gpu(int ordinal) {
        try (CudaKernels.CudaDevice device = new CudaKernels.CudaDevice()) {
            int error = CudaKernels.deviceFacts(ordinal, device);
            if (error != 0) {
                throw new CudaProbeException(CudaFailure.gpuRefuses(ordinal, CudaKernels.errorText(error)));
            }
            return new Gpu(
                    ordinal,
                    device.name().getString(StandardCharsets.UTF_8),
                    device.computeMajor(),
                    device.computeMinor(),
                    device.totalMemory());
        }
    }

    @Override
    public CudaLibraryVersions libraries() {
        try (IntPointer runtime = new IntPointer(1)) {
            int error = cudart.cudaRuntimeGetVersion(runtime);
            if (error != 0) {
                throw new CudaProbeException(
                        CudaFailure.libraryBroken("cudaRuntimeGetVersion: " + CudaKernels.errorText(error)));
            }
            return new CudaLibraryVersions(runtime.get(), cudnn.cudnnGetVersion(), cublas.cublasLtGetVersion());
        }
    }

    @Override
    public LibrarySearch search() {
        return LibrarySearch.ofMachine();
    }
}
