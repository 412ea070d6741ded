package dev.convoke.peers.onnxruntime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.convoke.peers.Peer;
import dev.convoke.peers.PeerServer;
import dev.convoke.peers.Workload;
import java.io.IOException;

/**
 * ONNX Runtime's CPU provider with all graph optimizations.
 *
 * <p>Property {@code peer.threads}: intra-op threads.
 */
public final class OnnxRuntimePeer implements Peer {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final int threads = Integer.getInteger("peer.threads", 1);

    private OnnxRuntimePeer() {}

    /** Runs the peer process. */
    public static void main(String[] arguments) throws IOException {
        PeerServer.serve(OnnxRuntimePeer::new);
    }

    @Override
    public String describe() {
        return "ONNX Runtime " + environment.getVersion() + ", CPU provider, all optimizations, " + threads
                + " intra-op threads";
    }

    @Override
    public Trainer train(Workload workload) {
        throw new UnsupportedOperationException("ONNX Runtime supports inference only, not training");
    }

    @Override
    public Classifier classify(Workload workload) {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            options.setInterOpNumThreads(1);
            options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            return new OnnxRuntimeClassifier(
                    environment, environment.createSession(workload.onnx(), options), workload);
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime refuses the model: " + e.getMessage(), e);
        }
    }
}
