package dev.convoke.backend.cuda;

import dev.convoke.backend.DeviceException;
import dev.convoke.backend.Execution.AlgorithmChoice;
import dev.convoke.backend.graph.Mode;
import dev.convoke.backend.graph.Network;
import dev.convoke.plan.MemoryMap;

/**
 * Measures which of two implementations of a group of ops is faster, each as a separate network, forward and backward. As
 * with cuDNN's algorithms the choice is stored, and nothing is measured if results must be reproducible.
 */
final class CudaKernelTuner {
    private static final CudnnAlgorithm FIRST = new CudnnAlgorithm(0, 0);
    private static final CudnnAlgorithm SECOND = new CudnnAlgorithm(1, 0);

    private static final float NEVER = Float.POSITIVE_INFINITY;

    private final CudaContext context;
    private final CudaAlgorithmCache cache;

    CudaKernelTuner(CudaContext context, CudaAlgorithmCache cache) {
        this.context = context;
        this.cache = cache;
    }

    /** One of the implementations. */
    interface Candidate {
        /** Builds a network of the group alone; its memory is not placed yet. */
        Network<CudaLayer> build(CudaContext there);
    }

    /**
     * Whether {@code first} is at least as fast as {@code second}; true without measurement if results must be
     * reproducible.
     *
     * @param group what the two compute, and its sizes
     */
    boolean firstIsFaster(String group, Mode mode, Candidate first, Candidate second) {
        if (context.execution().algorithms() == AlgorithmChoice.DETERMINISTIC) {
            return true;
        }
        String key = CudaAlgorithmSelector.key(
                context.resources().device(), context.execution().precision(), group + ", " + mode);
        synchronized (CudaStopwatch.ONE_AT_A_TIME) {
            CudnnAlgorithm kept = cache.find(key).orElse(null);
            if (kept == null) {
                context.queue().synchronize("a measurement");
                float ofFirst = time(mode, first);
                float ofSecond = time(mode, second);
                kept = ofFirst <= ofSecond ? FIRST : SECOND;
                if (ofFirst < NEVER && ofSecond < NEVER) {
                    cache.put(key, kept);
                }
            }
            return kept.equals(FIRST);
        }
    }

    // A way that the libraries do not serve has lost. Where both have, opening fails by the words of the first.
    private float time(Mode mode, Candidate entrant) {
        try {
            return milliseconds(mode, entrant);
        } catch (DeviceException e) {
            return NEVER;
        }
    }

    /** Milliseconds of the fastest repetition. */
    private float milliseconds(Mode mode, Candidate entrant) {
        try (CudaResources own = new CudaResources(context.resources().device())) {
            CudaScratch scratch = new CudaScratch(own, own.stream());
            Network<CudaLayer> network = entrant.build(context.on(own, scratch));
            MemoryMap map = network.map(CudaResources.ALIGNMENT);
            network.place(map, own.allocate("a measurement", map.bytes()));
            CudaAlgorithmSelector selector = new CudaAlgorithmSelector(
                    own.device(),
                    context.execution().algorithms(),
                    cache,
                    new CudaStopwatch(own, own.stream()),
                    new CudaScratch(own, own.stream()),
                    scratch);
            network.layers().forEach(layer -> layer.choose(selector));
            return new CudaStopwatch(own, own.stream()).fastest(() -> {
                network.forward();
                if (mode == Mode.TRAINING) {
                    network.backward();
                }
            });
        }
    }
}
