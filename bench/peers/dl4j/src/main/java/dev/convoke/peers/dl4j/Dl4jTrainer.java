package dev.convoke.peers.dl4j;

import dev.convoke.peers.Peer;
import dev.convoke.peers.Workload;
import org.deeplearning4j.nn.conf.CNN2DFormat;

/** Training steps with {@code MultiLayerNetwork.fit}. */
final class Dl4jTrainer implements Peer.Trainer {
    private final Dl4jNetwork network;

    Dl4jTrainer(Workload workload, CNN2DFormat format, Dl4jPeer.Convolutions convolutions) {
        network = new Dl4jNetwork(workload, format, convolutions);
    }

    @Override
    public void reset() {
        network.load();
    }

    @Override
    public double train(int from, int to) {
        double loss = 0;
        for (int step = from; step < to; step++) {
            network.network().fit(network.images(step), network.labels(step));
            loss += network.network().score();
        }
        return loss / (to - from);
    }

    @Override
    public void close() {
        network.network().close();
    }
}
