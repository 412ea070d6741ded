package dev.convoke.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.convoke.backend.NamedTensors;
import dev.convoke.model.ImageShape;
import dev.convoke.model.TensorShape;
import dev.convoke.plan.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every bit of a file that a training leaves is flipped, one at a time: none may go unnoticed. */
class FlippedBitTest {
    private static final ModelCard CARD = new ModelCard(
            "base",
            7,
            "tiny",
            "ab".repeat(32),
            "{\"loss\":{\"name\":\"cross_entropy\",\"label_smoothing\":0.1}}",
            "{\"l2\":0.001}",
            new ImageShape(1, 8, 8),
            List.of("1", "2"));
    private static final EpochMetrics EPOCH = new EpochMetrics(1, 2.5, 0.1, 1 / 3.0, 0.25, 0.5, 0.3621, 0.5, 1);

    @TempDir
    Path folder;

    private static NamedTensors tensors() {
        NamedTensors tensors = new NamedTensors();
        tensors.put("conv1/kernel", new Tensor(TensorShape.of(1, 2), new float[] {1, -1}));
        return tensors;
    }

    @Test
    void noBitOfAModelFlipsUnnoticed() throws IOException {
        Path file = folder.resolve("model");
        new SavedModel(CARD, tensors(), 40, 8).write(file);
        everyFlipIsRefused("model", file, SavedModel::read);
    }

    @Test
    void noBitOfACheckpointFlipsUnnoticed() throws IOException {
        Path file = folder.resolve("checkpoint");
        NamedTensors state = tensors();
        new Checkpoint(CARD, new TrainProgress(List.of(EPOCH), state, state)).write(file);
        everyFlipIsRefused("checkpoint", file, Checkpoint::read);
    }

    private static void everyFlipIsRefused(String kind, Path file, Consumer<Path> reader) throws IOException {
        reader.accept(file);
        byte[] whole = Files.readAllBytes(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (int at = 0; at < whole.length; at++) {
                for (int bit = 0; bit < Byte.SIZE; bit++) {
                    channel.write(ByteBuffer.wrap(new byte[] {(byte) (whole[at] ^ 1 << bit)}), at);
                    CheckpointException refused = assertThrows(
                            CheckpointException.class,
                            () -> reader.accept(file),
                            "byte " + at + " ('" + (char) whole[at] + "'), bit " + bit);
                    assertEquals(1, refused.getMessage().lines().count(), refused.getMessage());
                }
                channel.write(ByteBuffer.wrap(whole, at, 1), at);
            }
        }
        reader.accept(file);
        System.out.println("tested: one flipped bit of a " + kind + ", every bit: " + Byte.SIZE * whole.length);
    }
}
