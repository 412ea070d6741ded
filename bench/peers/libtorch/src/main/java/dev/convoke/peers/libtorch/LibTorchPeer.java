package dev.convoke.peers.libtorch;

import dev.convoke.peers.Peer;
import dev.convoke.peers.PeerServer;
import dev.convoke.peers.Workload;
import java.io.IOException;
import java.util.Locale;
import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.global.torch;

/**
 * libtorch: PyTorch's C++ functions and its C++ Adam, channels last, denormals flushed.
 *
 * <p>Property {@code peer.threads}: intra-op threads.
 */
public final class LibTorchPeer implements Peer {
    private static final String VERSION = "2.13.0";

    private LibTorchPeer() {
        // Before the first parallel region: the threads that it starts inherit the setting.
        if (!Context.setFlushDenormal(true)) {
            throw new IllegalStateException("libtorch cannot flush denormal numbers on this processor");
        }
        torch.set_num_threads(Integer.getInteger("peer.threads", 1));
    }

    /** Runs the peer process. */
    public static void main(String[] arguments) throws IOException {
        PeerServer.serve(LibTorchPeer::new);
    }

    @Override
    public String describe() {
        return String.format(
                Locale.ROOT,
                "libtorch %s, channels last, denormals: flush, oneDNN %s, OpenMP %s, MKL %s, %d intra-op threads",
                VERSION,
                Context.hasMKLDNN(),
                Context.hasOpenMP(),
                Context.hasMKL(),
                torch.get_num_threads());
    }

    @Override
    public Trainer train(Workload workload) {
        return new LibTorchTrainer(workload);
    }

    @Override
    public Classifier classify(Workload workload) {
        return new LibTorchClassifier(workload);
    }
}
