package dev.convoke.peers.djl;

import ai.djl.engine.Engine;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.convoke.peers.Peer;
import dev.convoke.peers.Workload;

/** Inference without recording gradients. */
final class DjlClassifier implements Peer.Classifier {
    private final Workload workload;
    private final MemoryFormat format;
    private final DjlNetwork network;
    private final float[] pixels;

    DjlClassifier(Engine engine, Workload workload, MemoryFormat format) {
        this.workload = workload;
        this.format = format;
        network = new DjlNetwork(engine, workload, format);
        pixels = new float[workload.batch() * workload.height() * workload.width()];
    }

    @Override
    public Peer.Answers classify() {
        JniUtils.setGradMode(false);
        Peer.Answers answers = Peer.Answers.of(workload.steps() * workload.batch());
        for (int step = 0; step < workload.steps(); step++) {
            try (PtNDManager arrays = network.newArrays()) {
                workload.scale(step, pixels);
                PtNDArray images = format.images(arrays, pixels, workload.batch(), workload.height(), workload.width());
                PtNDArray logits = network.forward(images, DjlNetwork.Mode.INFERENCE);
                float[] shares = JniUtils.softmax(logits, 1, DataType.FLOAT32).toFloatArray();
                for (int i = 0; i < workload.batch(); i++) {
                    answers.take(step * workload.batch() + i, shares, i * workload.classes(), workload.classes());
                }
            }
        }
        return answers;
    }

    @Override
    public void close() {
        network.close();
    }
}
