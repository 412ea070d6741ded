package dev.convoke.backend.cuda;

import dev.convoke.backend.DeviceException;
import dev.convoke.backend.Execution.AlgorithmChoice;
import dev.convoke.plan.Precision;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.function.Predicate;
import org.bytedeco.javacpp.Pointer;

/**
 * Selects algorithms when a session opens.
 *
 * <p>The fastest algorithm is measured on the session's own buffers, once per device, cuDNN version, shape and precision;
 * the choice is stored in the process and on disk. Deterministic algorithms are not measured: which of two is faster may
 * change from run to run, and results must not depend on timing. For them cuDNN's own order decides, which is always the
 * same.
 */
final class CudaAlgorithmSelector {
    /** Largest workspace of an algorithm, in bytes. */
    private static final long MOST_WORKSPACE = 256L << 20;

    private final CudaDevice device;
    private final AlgorithmChoice choice;
    private final CudaAlgorithmCache cache;
    private final CudaStopwatch stopwatch;
    private final CudaScratch measuring; // workspace of measurements
    private final CudaScratch session; // workspace of what is chosen

    CudaAlgorithmSelector(
            CudaDevice device,
            AlgorithmChoice choice,
            CudaAlgorithmCache cache,
            CudaStopwatch stopwatch,
            CudaScratch measuring,
            CudaScratch session) {
        this.device = device;
        this.choice = choice;
        this.cache = cache;
        this.stopwatch = stopwatch;
        this.measuring = measuring;
        this.session = session;
    }

    /** Workspace that calls may use while they are measured. */
    CudaScratch measuring() {
        return measuring;
    }

    /** Workspace that calls may use while the session opens and after. */
    CudaScratch scratch() {
        return session;
    }

    /**
     * Selects the algorithm of one pass of {@code convolution}; the buffers may be overwritten.
     *
     * @throws DeviceException if none is supported
     */
    void choose(CudnnConvolution convolution, CudnnPass pass, Pointer x, Pointer w, Pointer y) {
        CudnnCandidates candidates = new CudnnCandidates(convolution, pass);
        List<CudnnCandidate> expected = within(candidates.expected());
        CudnnAlgorithm chosen = choice == AlgorithmChoice.DETERMINISTIC
                ? first(expected, CudnnCandidate::reproducible, convolution, pass)
                : fastest(convolution, pass, expected, candidates, x, w, y);
        convolution.use(pass, chosen, session);
    }

    private CudnnAlgorithm fastest(
            CudnnConvolution convolution,
            CudnnPass pass,
            List<CudnnCandidate> expected,
            CudnnCandidates candidates,
            Pointer x,
            Pointer w,
            Pointer y) {
        String key = key(device, convolution.precision(), pass.words() + ", " + convolution.shape());
        synchronized (CudaStopwatch.ONE_AT_A_TIME) {
            Optional<CudnnAlgorithm> kept = cache.find(key);
            if (kept.isPresent()
                    && expected.stream().anyMatch(each -> each.algorithm().equals(kept.get()))) {
                return kept.get();
            }
            long bytes =
                    expected.stream().mapToLong(CudnnCandidate::workspace).max().orElse(0);
            measuring.atLeast(bytes);
            List<CudnnCandidate> measured = within(candidates.measured(x, w, y, measuring.data(), bytes));
            CudnnAlgorithm chosen = first(measured, each -> true, convolution, pass);
            cache.put(key, chosen);
            return chosen;
        }
    }

    /**
     * The fastest of several ways to compute the same, by its index; the first, unmeasured, where bits must be reproducible.
     *
     * @param work what is computed, its sizes and the library's version: what the choice is kept under
     * @param ways how many there are, at least 1, in the library's own order
     * @param run computes it in the way of that index; what it writes may be overwritten
     */
    int fastest(Precision precision, String work, int ways, IntConsumer run) {
        if (choice == AlgorithmChoice.DETERMINISTIC || ways == 1) {
            return 0;
        }
        String key = key(device, precision, work);
        synchronized (CudaStopwatch.ONE_AT_A_TIME) {
            Optional<CudnnAlgorithm> kept = cache.find(key);
            if (kept.isPresent() && kept.get().number() < ways) {
                return kept.get().number();
            }
            int best = 0;
            float bestTime = Float.MAX_VALUE;
            for (int i = 0; i < ways; i++) {
                int way = i;
                float time = stopwatch.fastest(() -> run.accept(way));
                if (time < bestTime) {
                    best = way;
                    bestTime = time;
                }
            }
            cache.put(key, new CudnnAlgorithm(best, 0));
            return best;
        }
    }

    private static List<CudnnCandidate> within(List<CudnnCandidate> all) {
        return all.stream().filter(each -> each.workspace() <= MOST_WORKSPACE).toList();
    }

    private static CudnnAlgorithm first(
            List<CudnnCandidate> all, Predicate<CudnnCandidate> wanted, CudnnConvolution convolution, CudnnPass pass) {
        return all.stream()
                .filter(wanted)
                .findFirst()
                .orElseThrow(() -> new DeviceException("cuDNN has no algorithm for " + convolution.label() + ", "
                        + pass.words() + " (" + convolution.shape() + ", " + convolution.precision()
                        + "), of the kind that was asked for; try without --deterministic, or another --precision"))
                .algorithm();
    }

    /** The key of a stored choice: everything that affects the time of {@code work}. */
    static String key(CudaDevice device, Precision precision, String work) {
        return String.join("; ", device.name(), "cuDNN " + Cudnn.version(), precision.name(), work)
                .replace('=', ' ');
    }
}
