package dev.convoke.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.backend.Backend;
import dev.convoke.backend.BackendProvider;
import dev.convoke.backend.Evaluation;
import dev.convoke.backend.Execution;
import dev.convoke.backend.Selection;
import dev.convoke.datasets.Dataset;
import dev.convoke.datasets.DatasetException;
import dev.convoke.datasets.ImageSet;
import dev.convoke.train.TrainedModel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The library on the class path of a service that predicts on a CPU: core, train, cpu and what they bring. */
class LibraryTest {
    /** Two epochs of the digits reach about 0.9; guessing would be a tenth. */
    private static final double LEARNED = 0.7;

    @TempDir
    Path folder;

    @Test
    void aModelIsTrainedSavedLoadedAndPredicts() {
        Dataset digits = Digits.dataset();
        Backend backend = Selection.choose(Selection.AUTO).backend();
        TrainedModel trained = Digits.train(digits, backend);
        Path file = folder.resolve("digits.safetensors");
        trained.write(file);
        TrainedModel model = TrainedModel.read(file);
        Evaluation before = trained.predict(digits.test(), backend, Execution.SINGLE_THREAD);
        Evaluation after = model.predict(digits.test(), backend, Execution.SINGLE_THREAD);
        assertArrayEquals(before.predictions(), after.predictions());
        assertArrayEquals(before.confidence(), after.confidence());
        double accuracy = (double) after.correct() / after.count();
        assertTrue(accuracy > LEARNED, "accuracy " + accuracy);
        assertEquals(digits.classNames().get(after.predictions()[0]), model.label(after.predictions()[0]));
        assertEquals(digits.digest(), model.card().datasetDigest());
        assertTrue(model.toOnnx().length > 0, "an ONNX file has content");
    }

    @Test
    void imagesOfAnotherSizeAreRefused() {
        Dataset digits = Digits.dataset();
        TrainedModel model = Digits.train(digits, Selection.choose("cpu").backend());
        ImageSet small = new ImageSet(8, 8, 1, new byte[64], new byte[1]);
        DatasetException refused = assertThrows(DatasetException.class, () -> model.requireFit(small, "small"));
        assertEquals(
                "small: images are 1x8x8, the model 'digits' was trained on 1x28x28; give images of that size",
                refused.getMessage());
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
