package dev.convoke.backend.cuda;

import dev.convoke.backend.LoadedLibraries;
import dev.convoke.backend.Probe;
import dev.convoke.backend.graph.NativeCache;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.cuda.global.cudnn;
import org.jspecify.annotations.Nullable;

/**
 * Determines once whether CUDA can be used on this machine.
 *
 * <p>The order matters. Our kernel library has its own CUDA runtime and loads on any machine, so it is queried first. Only
 * if it finds a GPU are the bindings loaded, whose libraries need the driver.
 */
final class CudaProbe {
    /** CUDA of the bindings that this build has; a constant of theirs, which the compiler copies. */
    private static final int CUDA_MAJOR = CudaVersion.major(cudart.CUDART_VERSION);

    // Turing, the oldest that CUDA 13 compiles for.
    private static final int COMPUTE_MAJOR = 7;
    private static final int COMPUTE_MINOR = 5;

    private static final String DRIVER_FILE = "libcuda.so";

    private static final Pattern ABSENT_FILE =
            Pattern.compile("(lib[\\w-]+\\.so[.\\d]*): cannot open shared object file");

    private static final class OfMachine {
        static final CudaProbe PROBE = new CudaProbe(new NativeCudaMachine());
    }

    private final CudaMachine machine;
    private final List<Gpu> gpus = new ArrayList<>(); // those that answer
    private final List<String> obstacles = new ArrayList<>(); // of each GPU, by its ordinal; empty where it can serve
    private final List<String> missing = new ArrayList<>();

    /** Neither the driver's library nor its kernel module is there. */
    private boolean isAbsent;

    private CudaMachine.@Nullable Driver driver;
    private @Nullable CudaLibraryVersions libraries;

    CudaProbe(CudaMachine machine) {
        this.machine = machine;
        try {
            look();
        } catch (CudaProbeException e) {
            missing.add(e.getMessage());
        }
    }

    /**
     * Whether these GPUs can be used; the machine is queried once and the result is cached.
     *
     * @param ordinals of the GPUs to use; empty for all
     */
    static Probe of(List<Integer> ordinals) {
        return NativeCache.obstacle().map(Probe::missing).orElseGet(() -> OfMachine.PROBE.probe(ordinals));
    }

    /** The GPUs of this machine that can serve, of {@code ordinals}; of all, where none is named. */
    static List<Integer> servingOf(List<Integer> ordinals) {
        return OfMachine.PROBE.serving(ordinals);
    }

    /** All that was found on this machine. */
    static CudaFacts facts() {
        return NativeCache.obstacle()
                .map(obstacle -> CudaFacts.unknown(CUDA_MAJOR, obstacle))
                .orElseGet(() -> OfMachine.PROBE.findings());
    }

    private void look() {
        CudaMachine.Driver answer = askDriver();
        driver = answer;
        checkDriver(answer);
        for (int ordinal = 0; ordinal < answer.devices(); ordinal++) {
            obstacles.add(ask(ordinal));
        }
        CudaLibraryVersions loaded = load();
        libraries = loaded;
        checkMajors(loaded);
    }

    private CudaMachine.Driver askDriver() {
        try {
            return machine.driver();
        } catch (LinkageError e) {
            // Without a driver, kernels would not help either: the driver is what to mend first.
            if (machine.driverModule().isEmpty()) {
                missing.add(noDriver());
            }
            throw new CudaProbeException(CudaFailure.noKernels(firstLine(e)));
        }
    }

    private void checkDriver(CudaMachine.Driver answer) {
        Optional<String> module = machine.driverModule();
        if (answer.version() == 0) {
            throw new CudaProbeException(noDriver());
        }
        if (CudaVersion.major(answer.version()) < CUDA_MAJOR) {
            throw new CudaProbeException(CudaFailure.driverTooOld(answer.version(), module, CUDA_MAJOR));
        }
        if (answer.devices() > 0) {
            return;
        }
        if (answer.error().isEmpty() || answer.error().startsWith("cudaErrorNoDevice")) {
            Optional<String> visible = Optional.ofNullable(System.getenv("CUDA_VISIBLE_DEVICES"));
            throw new CudaProbeException(CudaFailure.noGpu(answer.version(), visible, answer.error()));
        }
        throw new CudaProbeException(CudaFailure.driverRefuses(answer.error()));
    }

    private String ask(int ordinal) {
        try {
            Gpu gpu = machine.gpu(ordinal);
            gpus.add(gpu);
            return gpu.isAtLeast(COMPUTE_MAJOR, COMPUTE_MINOR)
                    ? ""
                    : CudaFailure.gpuTooOld(gpu, COMPUTE_MAJOR + "." + COMPUTE_MINOR);
        } catch (CudaProbeException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private CudaLibraryVersions load() {
        try {
            return machine.libraries();
        } catch (LinkageError e) {
            String message = firstLine(e);
            Matcher absent = ABSENT_FILE.matcher(message);
            throw new CudaProbeException(absent.find() ? missing(absent.group(1)) : CudaFailure.libraryBroken(message));
        }
    }

    private String missing(String file) {
        return file.startsWith(DRIVER_FILE)
                ? noDriver()
                : CudaFailure.libraryMissing(file, CUDA_MAJOR, machine.search());
    }

    private String noDriver() {
        Optional<String> module = machine.driverModule();
        isAbsent = module.isEmpty();
        return module.map(CudaFailure::driverOutOfReach).orElseGet(() -> CudaFailure.noDriver(CUDA_MAJOR));
    }

    private void checkMajors(CudaLibraryVersions loaded) {
        checkMajor(
                CudaLibrary.RUNTIME,
                CudaVersion.major(loaded.runtime()),
                CUDA_MAJOR,
                CudaVersion.text(loaded.runtime()));
        checkMajor(
                CudaLibrary.CUBLAS,
                CudaVersion.cublasMajor(loaded.cublas()),
                CudaVersion.cublasMajor(cublas.CUBLAS_VERSION),
                CudaVersion.cublasText(loaded.cublas()));
        checkMajor(
                CudaLibrary.CUDNN,
                CudaVersion.cudnnMajor(loaded.cudnn()),
                CudaVersion.cudnnMajor(cudnn.CUDNN_VERSION),
                CudaVersion.cudnnText(loaded.cudnn()));
    }

    private static void checkMajor(CudaLibrary library, int found, int needed, String text) {
        if (found != needed) {
            Optional<Path> where = LoadedLibraries.ofProcess().find(library.file());
            throw new CudaProbeException(CudaFailure.wrongMajor(library, text, needed, where, CUDA_MAJOR));
        }
    }

    Probe probe(List<Integer> ordinals) {
        if (!missing.isEmpty()) {
            return isAbsent ? Probe.absent(missing.get(0)) : Probe.missing(missing.get(0));
        }
        for (int ordinal : ordinals) {
            if (ordinal < 0 || ordinal >= obstacles.size()) {
                return Probe.missing(CudaFailure.noSuchGpu(ordinal, obstacles.size()));
            }
            if (!obstacles.get(ordinal).isEmpty()) {
                return Probe.missing(obstacles.get(ordinal));
            }
        }
        List<Integer> chosen = serving(ordinals);
        if (chosen.isEmpty()) {
            return Probe.missing(obstacles.get(0));
        }
        List<String> leftOut = ordinals.isEmpty()
                ? obstacles.stream().filter(line -> !line.isEmpty()).toList()
                : List.of();
        return Probe.found(describe(chosen, leftOut));
    }

    /** The GPUs that can serve, of those that are asked for; of all, where none is named. */
    List<Integer> serving(List<Integer> ordinals) {
        List<Integer> asked = ordinals.isEmpty()
                ? IntStream.range(0, obstacles.size()).boxed().toList()
                : ordinals;
        return asked.stream()
                .filter(ordinal -> obstacles.get(ordinal).isEmpty())
                .toList();
    }

    private String describe(List<Integer> chosen, List<String> leftOut) {
        String names = String.join(
                " and ",
                chosen.stream()
                        .flatMap(ordinal -> gpus.stream().filter(gpu -> gpu.ordinal() == ordinal))
                        .map(Gpu::describe)
                        .toList());
        List<String> parts = new ArrayList<>(List.of(names));
        if (libraries != null) {
            parts.add(libraries.describe());
        }
        leftOut.forEach(line -> parts.add(CudaFailure.leftOut(line)));
        return String.join(", ", parts);
    }

    CudaFacts findings() {
        List<String> lines = new ArrayList<>(missing);
        if (lines.isEmpty()) {
            Probe all = probe(List.of());
            if (!all.available()) {
                lines.add(all.detail());
            }
        }
        CudaLibraryVersions loaded = libraries;
        return new CudaFacts(
                machine.driverModule().orElse(null),
                driver == null || driver.version() == 0 ? null : CudaVersion.text(driver.version()),
                gpus,
                loaded == null ? null : CudaVersion.text(loaded.runtime()),
                loaded == null ? null : CudaVersion.cudnnText(loaded.cudnn()),
                loaded == null ? null : CudaVersion.cublasText(loaded.cublas()),
                CUDA_MAJOR,
                lines);
    }

    // JavaCPP wraps the loader's own words, which name the file, into its list of folders.
    private static String firstLine(LinkageError error) {
        Throwable first = error.getCause() == null ? error : error.getCause();
        return String.valueOf(first.getMessage()).lines().findFirst().orElse("no reason given");
    }
}
