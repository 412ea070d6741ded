package dev.convoke.peers.dl4j;

import dev.convoke.peers.Peer;
import dev.convoke.peers.Workload;
import org.deeplearning4j.nn.conf.CNN2DFormat;

/** Inference with {@code MultiLayerNetwork.output}. */
final class Dl4jClassifier implements Peer.Classifier {
    private final Workload workload;
    private final Dl4jNetwork network;

    Dl4jClassifier(Workload workload, CNN2DFormat format, Dl4jPeer.Convolutions convolutions) {
        this.workload = workload;
        network = new Dl4jNetwork(workload, format, convolutions);
    }

    @Override
    public Peer.Answers classify() {
        Peer.Answers answers = Peer.Answers.of(workload.steps() * workload.batch());
        for (int step = 0; step < workload.steps(); step++) {
            float[] shares =
                    network.network().output(network.images(step)).data().asFloat();
            for (int i = 0; i < workload.batch(); i++) {
                answers.take(step * workload.batch() + i, shares, i * workload.classes(), workload.classes());
            }
        }
        return answers;
    }

    @Override
    public void close() {
        network.network().close();
    }
}
