package dev.convoke.peers.djl;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import dev.convoke.peers.Peer;
import dev.convoke.peers.PeerServer;
import dev.convoke.peers.Workload;
import java.io.IOException;
import java.util.Locale;

/**
 * PyTorch through DJL. It calls DJL's functions on arrays without its blocks and trainer, which cost time between them.
 *
 * <p>Properties: {@code peer.layout} is {@code channels_last} or {@code contiguous}, {@code peer.denormals} is {@code flush}
 * or {@code keep}; DJL itself reads {@code ai.djl.pytorch.num_threads}.
 */
public final class DjlPeer implements Peer {
    private final Engine engine;
    private final MemoryFormat format;
    private final Denormals denormals;

    private DjlPeer(MemoryFormat format, Denormals denormals) {
        this.format = format;
        this.denormals = denormals;
        engine = Engine.getEngine("PyTorch");
        // Before the first parallel region: the threads that it starts inherit the setting.
        if (denormals == Denormals.FLUSH) {
            FlushDenormals.onThisThread();
        }
    }

    /** Runs the peer process. */
    public static void main(String[] arguments) throws IOException {
        PeerServer.serve(() -> new DjlPeer(
                MemoryFormat.valueOf(property("peer.layout", "channels_last")),
                Denormals.valueOf(property("peer.denormals", "flush"))));
    }

    private static String property(String name, String fallback) {
        return System.getProperty(name, fallback).toUpperCase(Locale.ROOT);
    }

    @Override
    public String describe() {
        return String.format(
                Locale.ROOT,
                "DJL %s, PyTorch %s, %s, denormals: %s, %d intra-op threads",
                Engine.getDjlVersion(),
                engine.getVersion(),
                format.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                denormals.name().toLowerCase(Locale.ROOT),
                JniUtils.getNumThreads());
    }

    @Override
    public Trainer train(Workload workload) {
        return new DjlTrainer(engine, workload, format);
    }

    @Override
    public Classifier classify(Workload workload) {
        return new DjlClassifier(engine, workload, format);
    }

    /** What happens to numbers too small for a normal float. */
    private enum Denormals {
        FLUSH,
        KEEP
    }
}
