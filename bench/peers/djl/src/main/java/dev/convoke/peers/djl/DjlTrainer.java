package dev.convoke.peers.djl;

import ai.djl.engine.Engine;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.convoke.peers.Peer;
import dev.convoke.peers.Workload;
import java.util.ArrayList;
import java.util.List;

/** Training steps with DJL's own Adam, which is one native call a parameter. */
final class DjlTrainer implements Peer.Trainer {
    private static final float NO_CLIPPING = -1;

    private final Engine engine;
    private final Workload workload;
    private final MemoryFormat format;
    private final float[] pixels;
    private final long[] labels;
    private DjlNetwork network;
    private List<Slot> slots = List.of();
    private int step;

    /** A parameter and its optimizer state. */
    private record Slot(PtNDArray weight, PtNDArray mean, PtNDArray variance) {}

    DjlTrainer(Engine engine, Workload workload, MemoryFormat format) {
        this.engine = engine;
        this.workload = workload;
        this.format = format;
        pixels = new float[workload.batch() * workload.height() * workload.width()];
        labels = new long[workload.batch()];
        network = new DjlNetwork(engine, workload, format);
        start();
    }

    @Override
    public void reset() {
        network.close();
        network = new DjlNetwork(engine, workload, format);
        start();
    }

    private void start() {
        JniUtils.setGradMode(false);
        slots = new ArrayList<>();
        for (PtNDArray weight : network.parameters().values()) {
            slots.add(new Slot(weight, zeros(weight), zeros(weight)));
            JniUtils.attachGradient(weight, true);
        }
        step = 0;
    }

    private static PtNDArray zeros(PtNDArray like) {
        // zeros_like keeps the strides, so that the update walks four arrays of one format.
        return JniUtils.zerosLike(like, DataType.FLOAT32, like.getDevice(), SparseFormat.DENSE);
    }

    @Override
    public double train(int from, int to) {
        double loss = 0;
        for (int i = from; i < to; i++) {
            loss += train(i);
        }
        return loss / (to - from);
    }

    private float train(int index) {
        try (PtNDManager arrays = network.newArrays()) {
            workload.scale(index, pixels);
            for (int i = 0; i < labels.length; i++) {
                labels[i] = workload.label(index * labels.length + i);
            }
            PtNDArray images = format.images(arrays, pixels, labels.length, workload.height(), workload.width());
            JniUtils.setGradMode(true);
            PtNDArray logits = network.forward(images, DjlNetwork.Mode.TRAINING);
            PtNDArray classes = (PtNDArray) arrays.create(labels, new Shape(labels.length, 1));
            PtNDArray logs = JniUtils.logSoftmax(logits, 1, DataType.FLOAT32);
            PtNDArray loss = JniUtils.neg(JniUtils.mean(JniUtils.gather(logs, classes, 1)));
            JniUtils.backward(
                    loss,
                    JniUtils.onesLike(loss, DataType.FLOAT32, loss.getDevice(), SparseFormat.DENSE),
                    false,
                    false);
            JniUtils.setGradMode(false);
            update();
            return loss.getFloat();
        }
    }

    private void update() {
        step++;
        double rate = workload.learningRate()
                * Math.sqrt(1 - Math.pow(Workload.BETA_2, step))
                / (1 - Math.pow(Workload.BETA_1, step));
        for (Slot slot : slots) {
            try (PtNDArray gradient = JniUtils.getGradient(slot.weight())) {
                JniUtils.adamUpdate(
                        slot.weight(),
                        gradient,
                        slot.mean(),
                        slot.variance(),
                        workload.learningRate(),
                        (float) rate,
                        0,
                        1,
                        NO_CLIPPING,
                        Workload.BETA_1,
                        Workload.BETA_2,
                        Workload.EPSILON,
                        false);
            }
            JniUtils.zeroGrad(slot.weight());
        }
    }

    @Override
    public void close() {
        network.close();
    }
}
