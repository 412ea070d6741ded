package dev.convoke.peers.libtorch;

import dev.convoke.peers.Peer;
import dev.convoke.peers.Workload;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Inference in libtorch's inference mode. */
final class LibTorchClassifier implements Peer.Classifier {
    private final Workload workload;
    private final LibTorchNetwork network;
    private final float[] shares;

    LibTorchClassifier(Workload workload) {
        this.workload = workload;
        network = new LibTorchNetwork(workload);
        shares = new float[workload.batch() * workload.classes()];
    }

    @Override
    public Peer.Answers classify() {
        Peer.Answers answers = Peer.Answers.of(workload.steps() * workload.batch());
        InferenceMode mode = new InferenceMode(true);
        try {
            for (int step = 0; step < workload.steps(); step++) {
                PointerScope scope = new PointerScope(); // Frees the batch's tensors.
                try {
                    classify(step, answers);
                } finally {
                    scope.close();
                }
            }
        } finally {
            mode.close();
        }
        return answers;
    }

    private void classify(int step, Peer.Answers answers) {
        Tensor logits = network.forward(network.images(step), LibTorchNetwork.Mode.INFERENCE);
        Tensor softmax = torch.softmax(logits, 1).contiguous();
        new FloatPointer(softmax.data_ptr()).get(shares);
        for (int i = 0; i < workload.batch(); i++) {
            answers.take(step * workload.batch() + i, shares, i * workload.classes(), workload.classes());
        }
    }

    @Override
    public void close() {
        network.close();
    }
}
