package dev.convoke.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.backend.NamedTensors;
import dev.convoke.model.ImageShape;
import dev.convoke.model.TensorShape;
import dev.convoke.plan.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
    static final ModelCard CARD = new ModelCard(
            "base", 7, "tiny", "ab".repeat(32), "{\"layers\": []}", "{}", new ImageShape(1, 8, 8), List.of("a", "b"));
    private static final EpochMetrics EPOCH = new EpochMetrics(1, 2.5, 0.1, 1 / 3.0, 0.25, 0.5, 0.1 + 0.2, 1e-300, 1);

    @TempDir
    Path folder;

    private static NamedTensors tensors(float value) {
        NamedTensors tensors = new NamedTensors();
        tensors.put("conv1/kernel", new Tensor(TensorShape.of(1, 2), new float[] {value, -value}));
        tensors.put("optimizer/m/conv1/kernel", new Tensor(TensorShape.of(1, 2), new float[] {0, Float.MIN_VALUE}));
        return tensors;
    }

    @Test
    void aCheckpointReadsBackWithHistoryStateAndBest() {
        Path file = folder.resolve("checkpoint");
        new Checkpoint(CARD, new TrainProgress(List.of(EPOCH), tensors(1), tensors(2))).write(file);
        Checkpoint read = Checkpoint.read(file);
        assertEquals(CARD, read.card());
        assertEquals(List.of(EPOCH), read.progress().history());
        assertArrayEquals(
                new float[] {1, -1}, read.progress().state().get("conv1/kernel").values());
        assertArrayEquals(
                new float[] {2, -2}, read.progress().best().get("conv1/kernel").values());
        assertEquals(
                List.copyOf(tensors(1).names()),
                List.copyOf(read.progress().best().names()));
    }

    @Test
    void aBestThatIsTheLastIsStoredOnce() {
        Path file = folder.resolve("checkpoint");
        NamedTensors state = tensors(1);
        new Checkpoint(CARD, new TrainProgress(List.of(EPOCH), state, state)).write(file);
        TrainProgress read = Checkpoint.read(file).progress();
        assertSame(read.state(), read.best());
        assertEquals(2, SafeTensors.read(file).tensors().names().size());
    }

    @Test
    void aModelReadsBack() {
        Path file = folder.resolve("model");
        new SavedModel(CARD, tensors(3), 40, 8).write(file);
        SavedModel read = SavedModel.read(file);
        assertEquals(CARD, read.card());
        assertEquals(40, read.steps());
        assertEquals(8, read.epochs());
    }

    @Test
    void aModelIsNoCheckpoint() {
        Path file = folder.resolve("model");
        new SavedModel(CARD, tensors(3), 40, 8).write(file);
        CheckpointException refused = assertThrows(CheckpointException.class, () -> Checkpoint.read(file));
        assertTrue(refused.getMessage().contains("is a model, not a checkpoint"), refused.getMessage());
    }

    @Test
    void aFileOfAnotherProgramIsRefused() {
        Path file = folder.resolve("foreign");
        new SafeTensors(Map.of(), tensors(1)).write(file);
        CheckpointException refused = assertThrows(CheckpointException.class, () -> SavedModel.read(file));
        assertTrue(refused.getMessage().contains("was not written by Convoke"), refused.getMessage());
    }

    @Test
    void aMissingFieldIsNamed() {
        Path file = folder.resolve("partial");
        new SafeTensors(Map.of("convoke", "1", "kind", "model"), tensors(1)).write(file);
        CheckpointException refused = assertThrows(CheckpointException.class, () -> SavedModel.read(file));
        assertTrue(
                refused.getMessage().contains("'run'") || refused.getMessage().contains("'input'"));
        assertTrue(refused.getMessage().contains(file.toString()), refused.getMessage());
    }
}
