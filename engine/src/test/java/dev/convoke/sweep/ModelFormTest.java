package dev.convoke.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.model.Convolution;
import dev.convoke.model.Dense;
import dev.convoke.model.Layer;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Penalty;
import dev.convoke.train.CheckpointException;
import dev.convoke.train.ModelCard;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelFormTest {
    private static final String EVERY_LAYER = """
            convoke: 1
            name: every
            runs:
              - name: every
                label_smoothing: 0.1
                layers:
                  - {type: convolution, filters: 8, kernel: 5, stride: 2, padding: same, l1: 0.5, l2: 0.01}
                  - {type: activation, function: leaky_relu, slope: 0.2}
                  - {type: max_pooling, size: 3, stride: 2, padding: same}
                  - {type: average_pooling}
                  - {type: batch_norm, momentum: 0.5, epsilon: 0.1}
                  - {type: flatten}
                  - {type: dropout, rate: 0.1}
                  - {type: dense, units: classes, l2: 0.3}
            """;

    /** Layers with a kernel and their penalties. */
    static List<String> penalties(ModelSpec model) {
        List<String> penalties = new ArrayList<>();
        for (Layer layer : model.layers()) {
            Penalty penalty = layer instanceof Convolution convolution
                    ? convolution.penalty()
                    : layer instanceof Dense dense ? dense.penalty() : null;
            if (penalty != null) {
                penalties.add(layer.name() + " " + penalty.l1() + " " + penalty.l2());
            }
        }
        return penalties;
    }

    private static ModelCard card(ModelSpec model, String form) {
        List<String> classes = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
        return new ModelCard(model.name(), 1, "mnist", "", form, "{}", model.input(), classes);
    }

    private static ModelSpec model(Suite.Run run) {
        return ModelBuilder.build(run.name(), run.settings(), ModelSummary.DEFAULT_INPUT, ModelSummary.DEFAULT_CLASSES);
    }

    @Test
    void everyKindOfLayerReadsBack() {
        ModelSpec model =
                model(SuiteReader.read("every.yaml", EVERY_LAYER).runs().get(0));
        assertEquals(model, ModelForm.read("file", card(model, ModelForm.write(model))));
    }

    @Test
    void everyNetworkOfTheReportReadsBack() {
        for (Suite.Run run : Suites.load("report").runs()) {
            ModelSpec model = model(run);
            assertEquals(model, ModelForm.read("file", card(model, ModelForm.write(model))));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "not json",
                "{}",
                "{\"layers\": [], \"label_smoothing\": 0}",
                "{\"layers\": [{\"type\": \"bomb\"}], \"label_smoothing\": 0}",
                "{\"layers\": [{\"type\": \"flatten\"}], \"label_smoothing\": 2}",
                "{\"layers\": [{\"type\": \"dense\", \"units\": -1}], \"label_smoothing\": 0}"
            })
    void aDescriptionThatCannotBeIsRefusedNamingTheFile(String form) {
        ModelSpec model = model(Suites.load("report").runs().get(0));
        String message = assertThrows(
                        CheckpointException.class, () -> ModelForm.read("some.safetensors", card(model, form)))
                .getMessage();
        assertTrue(message.startsWith("some.safetensors: "), message);
    }
}
