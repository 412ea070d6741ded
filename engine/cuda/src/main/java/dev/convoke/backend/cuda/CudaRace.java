package dev.convoke.backend.cuda;

import dev.convoke.backend.DeviceException;
import dev.convoke.backend.Execution.AlgorithmChoice;
import dev.convoke.backend.graph.Mode;
import dev.convoke.backend.graph.Network;
import dev.convoke.plan.MemoryMap;

/**
 * Measures which of two ways serves a group of ops faster: each as a network of its own, forward and backward. As with
 * cuDNN's algorithms the choice is kept, and nothing is measured where the bits must be reproducible.
 */
final class CudaRace {
    private static final CudnnAlgorithm FIRST = new CudnnAlgorithm(0, 0);
    private static final CudnnAlgorithm SECOND = new CudnnAlgorithm(1, 0);

    private static final float NEVER = Float.POSITIVE_INFINITY;

    private final CudaContext context;
    private final CudaAlgorithmCache cache;

    CudaRace(CudaContext context, CudaAlgorithmCache cache) {
        this.context = context;
        this.cache = cache;
    }

    /** One of the ways. */
    interface Entrant {
        /** A network of the group alone, its memory yet to be placed. */
        Network<CudaLayer> build(CudaContext there);
    }

    /**
     * Whether {@code first} is at least as fast as {@code second}; where bits must be reproducible, whether or not.
     *
     * @param group what the two compute, and its sizes
     */
    boolean firstWins(String group, Mode mode, Entrant first, Entrant second) {
        if (context.execution().algorithms() == AlgorithmChoice.DETERMINISTIC) {
            return true;
        }
        String key = CudaChooser.key(
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
    private float time(Mode mode, Entrant entrant) {
        try {
            return milliseconds(mode, entrant);
        } catch (DeviceException e) {
            return NEVER;
        }
    }

    /** Milliseconds of the fastest try. */
    private float milliseconds(Mode mode, Entrant entrant) {
        try (CudaResources own = new CudaResources(context.resources().device())) {
            CudaScratch scratch = new CudaScratch(own, own.stream());
            Network<CudaLayer> network = entrant.build(context.on(own, scratch));
            MemoryMap map = network.map(CudaResources.ALIGNMENT);
            network.place(map, own.allocate("a measurement", map.bytes()));
            CudaChooser chooser = new CudaChooser(
                    own.device(),
                    context.execution().algorithms(),
                    cache,
                    new CudaStopwatch(own, own.stream()),
                    new CudaScratch(own, own.stream()),
                    scratch);
            network.layers().forEach(layer -> layer.choose(chooser));
            return new CudaStopwatch(own, own.stream()).fastest(() -> {
                network.forward();
                if (mode == Mode.TRAINING) {
                    network.backward();
                }
            });
        }
    }
}
