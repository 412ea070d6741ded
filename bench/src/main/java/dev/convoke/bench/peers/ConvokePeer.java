package dev.convoke.bench.peers;

import dev.convoke.backend.DeviceException;
import dev.convoke.backend.Execution;
import dev.convoke.backend.cpu.CpuBackend;
import dev.convoke.peers.Peer;
import dev.convoke.peers.PeerServer;
import dev.convoke.peers.Workload;
import dev.convoke.plan.Precision;
import java.io.IOException;
import java.util.Locale;

/**
 * Convoke as one peer among the others: its public session, on the cpu backend.
 *
 * <p>Properties: {@code peer.threads}, {@code peer.precision} (a {@link Precision}), {@code peer.kernels} (an {@link
 * Execution.KernelChoice}).
 */
final class ConvokePeer implements Peer {
    private final Execution execution;

    private ConvokePeer(Execution execution) {
        this.execution = execution;
    }

    /** Runs the peer process. */
    public static void main(String[] arguments) throws IOException {
        PeerServer.serve(() -> new ConvokePeer(new Execution(
                Integer.getInteger("peer.threads", 1),
                Precision.valueOf(System.getProperty("peer.precision", "FLOAT32")),
                Execution.KernelChoice.valueOf(System.getProperty("peer.kernels", "AUTO")))));
    }

    @Override
    public String describe() {
        return "Convoke, device cpu, " + execution.precision().name().toLowerCase(Locale.ROOT) + ", kernels: "
                + execution.kernels().name().toLowerCase(Locale.ROOT) + ", " + execution.threads() + " threads; "
                + new CpuBackend().probe().detail();
    }

    @Override
    public Trainer train(Workload workload) {
        try {
            return new ConvokeTrainer(workload, execution);
        } catch (DeviceException e) {
            throw new UnsupportedOperationException(e.getMessage(), e);
        }
    }

    @Override
    public Classifier classify(Workload workload) {
        try {
            return new ConvokeClassifier(workload, execution);
        } catch (DeviceException e) {
            throw new UnsupportedOperationException(e.getMessage(), e);
        }
    }
}
