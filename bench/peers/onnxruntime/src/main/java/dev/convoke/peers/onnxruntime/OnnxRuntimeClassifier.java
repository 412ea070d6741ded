package dev.convoke.peers.onnxruntime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.convoke.peers.Peer;
import dev.convoke.peers.Workload;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;

/** Inference by a session; images are passed in one direct buffer, which ONNX Runtime does not copy. */
final class OnnxRuntimeClassifier implements Peer.Classifier {
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final Workload workload;
    private final String input;
    private final float[] pixels;
    private final FloatBuffer buffer;

    OnnxRuntimeClassifier(OrtEnvironment environment, OrtSession session, Workload workload) {
        this.environment = environment;
        this.session = session;
        this.workload = workload;
        input = session.getInputNames().iterator().next();
        pixels = new float[workload.batch() * workload.height() * workload.width()];
        buffer = ByteBuffer.allocateDirect(Float.BYTES * pixels.length)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    @Override
    public Peer.Answers classify() {
        Peer.Answers answers = Peer.Answers.of(workload.steps() * workload.batch());
        long[] shape = {workload.batch(), 1, workload.height(), workload.width()};
        try (OnnxTensor images = OnnxTensor.createTensor(environment, buffer, shape)) {
            for (int step = 0; step < workload.steps(); step++) {
                workload.scale(step, pixels);
                buffer.put(0, pixels);
                classify(images, step, answers);
            }
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime failed: " + e.getMessage(), e);
        }
        return answers;
    }

    private void classify(OnnxTensor images, int step, Peer.Answers answers) throws OrtException {
        try (OrtSession.Result result = session.run(Map.of(input, images))) {
            FloatBuffer shares = ((OnnxTensor) result.get(0)).getFloatBuffer();
            float[] values = new float[shares.remaining()];
            shares.get(values);
            for (int i = 0; i < workload.batch(); i++) {
                answers.take(step * workload.batch() + i, values, i * workload.classes(), workload.classes());
            }
        }
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime cannot close its session: " + e.getMessage(), e);
        }
    }
}
