package dev.convoke.peers.tensorflow;

import dev.convoke.peers.Peer;
import dev.convoke.peers.PeerServer;
import dev.convoke.peers.Workload;
import java.io.IOException;
import java.util.Locale;
import org.tensorflow.TensorFlow;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.OptimizerOptions;

/**
 * TensorFlow: a graph, NHWC, one call of its session a step.
 *
 * <p>Properties: {@code peer.threads}; {@code peer.compiler} is {@code none} or {@code xla}. The variable {@code
 * TF_ENABLE_ONEDNN_OPTS} chooses between oneDNN's kernels and Eigen's.
 */
public final class TensorFlowPeer implements Peer {
    private final int threads;
    private final Compiler compiler;

    private TensorFlowPeer(int threads, Compiler compiler) {
        this.threads = threads;
        this.compiler = compiler;
    }

    /** Runs the peer process. */
    public static void main(String[] arguments) throws IOException {
        PeerServer.serve(() -> new TensorFlowPeer(
                Integer.getInteger("peer.threads", 1),
                Compiler.valueOf(System.getProperty("peer.compiler", "none").toUpperCase(Locale.ROOT))));
    }

    @Override
    public String describe() {
        String oneDnn = System.getenv("TF_ENABLE_ONEDNN_OPTS");
        return String.format(
                Locale.ROOT,
                "TensorFlow %s, graph, NHWC, oneDNN: %s, compiler: %s, %d intra-op threads",
                TensorFlow.version(),
                oneDnn == null ? "default" : oneDnn,
                compiler.name().toLowerCase(Locale.ROOT),
                threads);
    }

    @Override
    public Trainer train(Workload workload) {
        return new TensorFlowTrainer(workload, configuration());
    }

    @Override
    public Classifier classify(Workload workload) {
        return new TensorFlowClassifier(workload, configuration());
    }

    private ConfigProto configuration() {
        // -1 runs ops on the thread that calls the session, which is quicker than handing each to another.
        ConfigProto.Builder builder = ConfigProto.newBuilder()
                .setIntraOpParallelismThreads(threads)
                .setInterOpParallelismThreads(threads == 1 ? -1 : 1);
        if (compiler == Compiler.XLA) {
            builder.setGraphOptions(GraphOptions.newBuilder()
                    .setOptimizerOptions(
                            OptimizerOptions.newBuilder().setGlobalJitLevel(OptimizerOptions.GlobalJitLevel.ON_2)));
        }
        return builder.build();
    }

    /** The compiler of the graph. */
    private enum Compiler {
        NONE,
        /** TensorFlow's compiler for CPUs, which computes on its own threads. */
        XLA
    }
}
