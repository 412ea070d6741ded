package dev.convoke.peers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is handed to a peer arrives. */
class WorkloadTest {
    private static final List<Layer> LAYERS = List.of(
            new Layer.Convolution("conv1", 1, 2, 3, 1),
            new Layer.Relu("relu1"),
            new Layer.MaxPooling("pool1", 2),
            new Layer.BatchNormalization("batch_norm", 2, 0.99, 1e-3),
            new Layer.Flatten("flatten", 2, 1, 1),
            new Layer.Dropout("dropout", 0.5),
            new Layer.Dense("logits", 2, 3));

    private static Workload workload() {
        return new Workload(
                "base",
                LAYERS,
                List.of(new Weights("logits/kernel", new int[] {3, 2}, new float[] {1, -2, 3.5f, 4, 5, 6})),
                2,
                1,
                2,
                new byte[] {0, (byte) 255, 51, 102},
                new byte[] {2, (byte) 200},
                3,
                0.001f,
                new byte[] {7});
    }

    @Test
    void aFileGivesWhatWasWritten(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("case.work");
        workload().write(file);
        Workload read = Workload.read(file);
        assertEquals(LAYERS, read.layers());
        assertArrayEquals(
                workload().weights("logits/kernel").values(),
                read.weights("logits/kernel").values());
        assertArrayEquals(new int[] {3, 2}, read.weights("logits/kernel").shape());
        assertArrayEquals(workload().pixels(), read.pixels());
        assertEquals(200, read.label(1));
        assertEquals(1, read.steps());
        assertArrayEquals(new byte[] {7}, read.onnx());
    }

    @Test
    void pixelsAreScaledToOne() {
        float[] values = new float[4];
        workload().scale(0, values);
        assertArrayEquals(new float[] {0, 1, 0.2f, 0.4f}, values);
    }

    @Test
    void withoutDropoutNothingElseChanges() {
        Workload kept = workload().withoutDropout();
        assertEquals(new Layer.Dropout("dropout", 0), kept.layers().get(5));
        assertEquals(LAYERS.get(6), kept.layers().get(6));
    }

    @Test
    void anUnknownLayerIsNamed() {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> Layer.parse("attention head 8"));
        assertTrue(refused.getMessage().contains("attention head 8"), refused.getMessage());
    }

    @Test
    void theMostProbableClassIsTheAnswer() {
        Peer.Answers answers = Peer.Answers.of(2);
        answers.take(1, new float[] {9, 0.25f, 0.5f, 0.25f}, 1, 3);
        assertEquals(1, answers.classes()[1]);
        assertEquals(0.5f, answers.confidence()[1]);
    }
}
