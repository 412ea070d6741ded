package dev.convoke.peers.libtorch;

import dev.convoke.peers.Peer;
import dev.convoke.peers.Workload;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Training steps with libtorch's own Adam. */
final class LibTorchTrainer implements Peer.Trainer {
    private final Workload workload;
    private final LibTorchNetwork network;
    private final TensorVector parameters;
    private final LongPointer labels;
    private final long[] classes;
    private Adam adam;

    LibTorchTrainer(Workload workload) {
        this.workload = workload;
        network = new LibTorchNetwork(workload);
        parameters = network.parameters();
        classes = new long[workload.batch()];
        labels = new LongPointer(classes.length);
        adam = fresh();
    }

    @Override
    public void reset() {
        network.load();
        adam.close();
        adam = fresh();
    }

    /** Beta1 and beta2 are 0.9 and 0.999 where nothing else is said. */
    private Adam fresh() {
        AdamOptions options = new AdamOptions(workload.learningRate());
        options.eps().put(Workload.EPSILON);
        return new Adam(parameters, options);
    }

    @Override
    public double train(int from, int to) {
        double loss = 0;
        for (int step = from; step < to; step++) {
            PointerScope scope = new PointerScope(); // Frees the step's tensors.
            try {
                loss += train(step);
            } finally {
                scope.close();
            }
        }
        return loss / (to - from);
    }

    private float train(int step) {
        for (int i = 0; i < classes.length; i++) {
            classes[i] = workload.label(step * classes.length + i);
        }
        labels.put(classes, 0, classes.length);
        adam.zero_grad();
        Tensor logits = network.forward(network.images(step), LibTorchNetwork.Mode.TRAINING);
        Tensor expected =
                torch.from_blob(labels, new long[] {classes.length}, new TensorOptions(torch.ScalarType.Long));
        Tensor loss = torch.cross_entropy_loss(logits, expected);
        loss.backward();
        adam.step();
        return loss.item_float();
    }

    @Override
    public void close() {
        adam.close();
        parameters.close();
        labels.close();
        network.close();
    }
}
