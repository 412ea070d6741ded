package dev.convoke.backend.cuda;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A machine that lacks what a test takes away from it; whole, it has one Hopper GPU and everything of CUDA 13. */
final class FakeCudaMachine implements CudaMachine {
    private static final long GIB = 1L << 30;

    Optional<String> module = Optional.of("580.65.06");
    CudaMachine.Driver driver = new CudaMachine.Driver(13_000, 1, "");
    List<Gpu> gpus = List.of(new Gpu(0, "NVIDIA H100 80GB HBM3", 9, 0, 80 * GIB));
    CudaLibraryVersions libraries = new CudaLibraryVersions(13_010, 91_900, 130_201);
    LinkageError kernelsError;
    LinkageError librariesError;
    List<Path> folders = List.of();

    /** How often the bindings were touched: never where there is no GPU. */
    int touches;

    @Override
    public Optional<String> driverModule() {
        return module;
    }

    @Override
    public Driver driver() {
        if (kernelsError != null) {
            throw kernelsError;
        }
        return driver;
    }

    /** A GPU that does not answer, by its number; -1 for none. */
    int silent = -1;

    @Override
    public Gpu gpu(int ordinal) {
        if (ordinal == silent) {
            throw new CudaProbeException(CudaFailure.gpuRefuses(ordinal, "cudaErrorDevicesUnavailable"));
        }
        return gpus.get(ordinal);
    }

    @Override
    public CudaLibraryVersions libraries() {
        touches++;
        if (librariesError != null) {
            throw librariesError;
        }
        return libraries;
    }

    @Override
    public LibrarySearch search() {
        return LibrarySearch.of(folders);
    }
}
