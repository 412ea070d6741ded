package dev.convoke.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.model.Activation;
import dev.convoke.model.ActivationFunction;
import dev.convoke.model.Add;
import dev.convoke.model.AveragePooling;
import dev.convoke.model.BatchNormalization;
import dev.convoke.model.Concatenate;
import dev.convoke.model.Convolution;
import dev.convoke.model.Dense;
import dev.convoke.model.Dropout;
import dev.convoke.model.Flatten;
import dev.convoke.model.GlobalAveragePooling;
import dev.convoke.model.GlobalMaxPooling;
import dev.convoke.model.ImageShape;
import dev.convoke.model.Layer;
import dev.convoke.model.Loss;
import dev.convoke.model.MaxPooling;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Node;
import dev.convoke.model.Padding;
import dev.convoke.model.ParameterRule;
import dev.convoke.model.Penalty;
import dev.convoke.model.Size;
import dev.convoke.model.Window;
import dev.convoke.train.CheckpointException;
import dev.convoke.train.ModelCard;
import dev.convoke.train.ModelCodec;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelCodecTest {
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
        assertEquals(model, ModelCodec.read("file", card(model, ModelCodec.write(model))));
    }

    @Test
    void everyNetworkOfTheReportReadsBack() {
        for (Suite.Run run : Suites.load("report").runs()) {
            ModelSpec model = model(run);
            assertEquals(model, ModelCodec.read("file", card(model, ModelCodec.write(model))));
        }
    }

    @Test
    void everyGraphOfTheZooReadsBack() {
        for (Suite.Run run : Suites.load("zoo").runs()) {
            ModelSpec model = model(run);
            assertEquals(model, ModelCodec.read("file", card(model, ModelCodec.write(model))), run.name());
        }
    }

    @Test
    void everyKindOfLayerAndLossReadsBackWithWhatIsUnusual() {
        Window window = new Window(new Size(3, 1), new Size(2, 1), new Size(1, 2), Padding.of(1, 0, 2, 0));
        ParameterRule rule = new ParameterRule(false, 0.5, false);
        ParameterRule frozen = new ParameterRule(true, 1, true);
        List<Node> nodes = List.of(
                Node.of(new Convolution("conv", 6, 0, window, 2, false, new Penalty(0.1, 0.2), rule)),
                Node.of(Convolution.depthwise("depth", 2, Window.square(3, 1, Padding.SAME), false)),
                Node.of(new BatchNormalization(
                        "norm", 0.5, 0.1, false, false, BatchNormalization.Variance.UNBIASED, frozen)),
                Node.of(new Activation("leaky", ActivationFunction.LEAKY_RELU, 0.2)),
                Node.of(new Add("sum"), "leaky", "depth"),
                Node.of(new Concatenate("both"), "sum", "leaky", "sum"),
                Node.of(new MaxPooling("maximum", new Window(new Size(2, 1), Size.ONE, Size.ONE, Padding.VALID))),
                Node.of(new AveragePooling("average", 2, 2, Padding.SAME)),
                Node.of(new Dropout("dropout", 0.25)),
                Node.of(new GlobalMaxPooling("tops")),
                Node.of(new GlobalAveragePooling("means"), "dropout"),
                Node.of(new Add("pooled"), "tops", "means"),
                Node.of(new Flatten("flatten")),
                Node.of(new Dense("last", 4, false, Penalty.NONE, frozen)));
        Set<Layer.Kind> kinds = EnumSet.noneOf(Layer.Kind.class);
        nodes.forEach(node -> kinds.add(node.layer().kind()));
        assertEquals(EnumSet.allOf(Layer.Kind.class), kinds, "a layer is missing in this test");
        List<Loss> losses = List.of(
                new Loss.SoftmaxCrossEntropy(4, 0.1, List.of(1.0, 2.0, 0.0, 0.5), 2),
                new Loss.SigmoidCrossEntropy(4, 0.2, List.of(1.0, 1.0, 2.0, 3.0)),
                new Loss.MeanSquaredError(4),
                new Loss.Huber(4, 0.5));
        assertEquals(Loss.Kind.values().length, losses.size(), "a loss is missing in this test");
        for (Loss loss : losses) {
            ModelSpec model = new ModelSpec("all", new ImageShape(2, 9, 7), nodes, loss);
            ModelCard card = new ModelCard("all", 1, "", "", ModelCodec.write(model), "{}", model.input(), List.of());
            assertEquals(model, ModelCodec.read("file", card));
        }
    }

    @Test
    void aModelThatWasSavedBeforeThereWereLossesReads() {
        ModelSpec model = model(Suites.load("report").run("batch-norm").orElseThrow());
        String early = ModelCodec.write(model).replaceAll("\"loss\":\\{[^}]*}", "\"label_smoothing\":0.0");
        assertTrue(early.endsWith("\"label_smoothing\":0.0}"), early);
        assertEquals(model, ModelCodec.read("file", card(model, early)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "not json",
                "{}",
                "{\"layers\": [], \"label_smoothing\": 0}",
                "{\"layers\": [{\"type\": \"bomb\"}], \"label_smoothing\": 0}",
                "{\"layers\": [{\"type\": \"flatten\"}], \"loss\": {\"name\": \"hinge\", \"outputs\": 10}}",
                "{\"layers\": [{\"type\": \"flatten\"}], \"loss\": {\"name\": \"huber\"}}",
                "{\"layers\": [{\"type\": \"flatten\", \"from\": \"next\"}], \"label_smoothing\": 0}",
                "{\"layers\": [{\"type\": \"flatten\"}], \"label_smoothing\": 2}",
                "{\"layers\": [{\"type\": \"dense\", \"units\": -1}], \"label_smoothing\": 0}"
            })
    void aDescriptionThatCannotBeIsRefusedNamingTheFile(String form) {
        ModelSpec model = model(Suites.load("report").runs().get(0));
        String message = assertThrows(
                        CheckpointException.class, () -> ModelCodec.read("some.safetensors", card(model, form)))
                .getMessage();
        assertTrue(message.startsWith("some.safetensors: "), message);
    }
}
