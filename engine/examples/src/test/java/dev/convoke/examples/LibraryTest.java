package dev.convoke.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.backend.BackendProvider;
import dev.convoke.train.TrainedModel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The library on the class path of a service that predicts on a CPU: core, train, cpu and what they bring. */
class LibraryTest {
    @TempDir
    Path folder;

    @Test
    void theShortExampleLeavesAModel() {
        Path file = folder.resolve("digits.safetensors");
        Digits.main(new String[] {file.toString()});
        TrainedModel model = TrainedModel.read(file);
        assertEquals("digits", model.card().dataset());
        assertTrue(model.toOnnx().length > 0, "an ONNX file has content");
    }

    @Test
    void thisClassPathHasTheProcessorAndTheReference() {
        assertEquals(
                List.of("cpu", "reference"),
                BackendProvider.all().stream().map(BackendProvider::name).toList());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "picocli.CommandLine",
                "org.snakeyaml.engine.v2.api.Load",
                "org.bytedeco.cuda.global.cudart",
                "org.apache.commons.statistics.inference.TTest",
                "dev.convoke.sweep.Suite"
            })
    void theLibraryBringsNone(String type) {
        assertThrows(
                ClassNotFoundException.class,
                () -> Class.forName(type, false, getClass().getClassLoader()));
    }
}
