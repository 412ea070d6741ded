package dev.convoke.peers.tensorflow;

import dev.convoke.peers.Peer;
import dev.convoke.peers.Workload;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;

/** Inference by a graph with a forward pass only. */
final class TensorFlowClassifier implements Peer.Classifier {
    private final Workload workload;
    private final TensorFlowNetwork network;
    private final Session session;
    private final Operand<TFloat32> shares;
    private final float[] pixels;
    private final float[] given;

    TensorFlowClassifier(Workload workload, ConfigProto configuration) {
        this.workload = workload;
        network = new TensorFlowNetwork(workload, TensorFlowNetwork.Mode.INFERENCE);
        shares = network.ops().nn.softmax(network.logits());
        session = new Session(network.graph(), configuration);
        pixels = new float[workload.batch() * workload.height() * workload.width()];
        given = new float[workload.batch() * workload.classes()];
        Session.Runner run = session.runner();
        network.start().forEach(run::addTarget);
        run.run().close();
    }

    @Override
    public Peer.Answers classify() {
        Peer.Answers answers = Peer.Answers.of(workload.steps() * workload.batch());
        for (int step = 0; step < workload.steps(); step++) {
            workload.scale(step, pixels);
            try (TFloat32 images = TFloat32.tensorOf(
                            Shape.of(workload.batch(), workload.height(), workload.width(), 1),
                            DataBuffers.of(pixels, false, false));
                    Result result = session.runner()
                            .feed(network.images(), images)
                            .fetch(shares)
                            .run()) {
                ((TFloat32) result.get(0)).copyTo(DataBuffers.of(given, false, false));
            }
            for (int i = 0; i < workload.batch(); i++) {
                answers.take(step * workload.batch() + i, given, i * workload.classes(), workload.classes());
            }
        }
        return answers;
    }

    @Override
    public void close() {
        session.close();
        network.graph().close();
    }
}
