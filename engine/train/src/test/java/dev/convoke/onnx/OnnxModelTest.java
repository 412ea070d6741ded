package dev.convoke.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.backend.NamedTensors;
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
import dev.convoke.model.Loss;
import dev.convoke.model.MaxPooling;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Node;
import dev.convoke.model.Padding;
import dev.convoke.model.ParameterRule;
import dev.convoke.model.Penalty;
import dev.convoke.model.Size;
import dev.convoke.model.Window;
import dev.convoke.plan.Plan;
import dev.convoke.plan.PlanCompiler;
import dev.convoke.plan.Precision;
import dev.convoke.plan.Segment;
import dev.convoke.plan.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The file read back field by field, by the encoding's rules alone. That an engine answers with it as Convoke does, {@code
 * ./convoke bench peers --sections inference} checks on ONNX Runtime.
 */
class OnnxModelTest {
    private static final ModelSpec MODEL = new ModelSpec(
            "all-layers",
            new ImageShape(3, 9, 8),
            4,
            List.of(
                    new Convolution("conv", 5, 3, 2, Padding.SAME, Penalty.NONE),
                    new BatchNormalization("norm", 0.9, 1e-3),
                    new Activation("leaky", ActivationFunction.LEAKY_RELU, 0.125),
                    new MaxPooling("max", 2, 1, Padding.SAME),
                    new AveragePooling("mean", 2, 2, Padding.VALID),
                    new Flatten("flatten"),
                    new Dropout("dropout", 0.5),
                    new Dense("logits", 4, Penalty.NONE)),
            0);

    private static NamedTensors state() {
        return state(MODEL);
    }

    private static NamedTensors state(ModelSpec model) {
        Plan plan = PlanCompiler.compile(model, 1, Precision.FLOAT32);
        NamedTensors state = new NamedTensors();
        Stream.concat(plan.parameters().segments().stream(), plan.statistics().segments().stream())
                .forEach(segment -> state.put(segment.name(), counting(segment)));
        return state;
    }

    private static Tensor counting(Segment segment) {
        float[] values = new float[segment.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = segment.index() + i / 8f;
        }
        return new Tensor(segment.shape(), values);
    }

    @Test
    void operatorsFollowTheLayersWithoutDropout() {
        Message graph = graph();
        assertEquals(
                List.of(
                        "Conv",
                        "BatchNormalization",
                        "LeakyRelu",
                        "MaxPool",
                        "AveragePool",
                        "Flatten",
                        "Gemm",
                        "Softmax"),
                graph.messages(1).stream().map(node -> node.text(4)).toList());
        // Each reads what the one before it wrote; the dense layer what the flattening wrote.
        assertEquals("images", graph.messages(1).get(0).text(1));
        assertEquals("flatten/output", graph.messages(1).get(6).text(1));
        assertEquals("probabilities", graph.messages(1).get(7).text(2));
        assertEquals("images", graph.messages(11).get(0).text(1));
        assertEquals("probabilities", graph.messages(12).get(0).text(1));
    }

    @Test
    void weightsKeepNameShapeAndValues() {
        Message kernel = graph().messages(5).get(0);
        assertEquals("conv/kernel", kernel.text(8));
        assertEquals(List.of(5L, 3L, 3L, 3L), kernel.numbers(1));
        float[] values = new float[5 * 3 * 3 * 3];
        ByteBuffer.wrap(kernel.bytes(9))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(values);
        assertArrayEquals(state().get("conv/kernel").values(), values);
        assertEquals(8, graph().messages(5).size(), "kernel, bias, four of the normalization, kernel, bias");
    }

    @Test
    void windowsKeepStrideAndUnevenPadding() {
        List<Message> attributes = graph().messages(1).get(0).messages(5);
        assertEquals("strides", attributes.get(1).text(1));
        assertEquals(List.of(2L, 2L), attributes.get(1).numbers(8));
        // 9 rows and 8 columns by stride 2 with 'same': two zeros for the rows, one for the columns, the odd one last.
        assertEquals("pads", attributes.get(2).text(1));
        assertEquals(List.of(1L, 0L, 1L, 1L), attributes.get(2).numbers(8));
    }

    @Test
    void aMissingTensorIsNamed() {
        NamedTensors state = new NamedTensors();
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> OnnxModel.of(MODEL, state));
        assertTrue(refused.getMessage().contains("conv/kernel"), refused.getMessage());
    }

    private static Message graph() {
        return graph(MODEL);
    }

    private static Message graph(ModelSpec model) {
        return Message.parse(OnnxModel.of(model, state(model))).messages(7).get(0);
    }

    private static ModelSpec network(Loss loss, Node... nodes) {
        return new ModelSpec("graph", new ImageShape(4, 6, 9), List.of(nodes), loss);
    }

    private static ModelSpec network(Node... nodes) {
        return network(Loss.SoftmaxCrossEntropy.of(3, 0), nodes);
    }

    private static Node last(String... from) {
        return Node.of(new Dense("last", 3, Penalty.NONE), from);
    }

    private static List<String> operators(Message graph) {
        return graph.messages(1).stream().map(node -> node.text(4)).toList();
    }

    @Test
    void aLayerMayBeCalledAsTheGraphsOwnValuesAre() {
        Message graph = graph(network(
                Node.of(new GlobalAveragePooling("images")),
                Node.of(new GlobalMaxPooling("softmax"), "input"),
                Node.of(new Add("probabilities"), "images", "softmax"),
                Node.of(new Dense("values", 5, Penalty.NONE)),
                last()));
        List<String> names = new ArrayList<>(List.of("images"));
        graph.messages(1).forEach(node -> names.add(node.text(2)));
        graph.messages(5).forEach(weights -> names.add(weights.text(8)));
        assertEquals(names.size(), Set.copyOf(names).size(), names.toString());
        List<String> nodes =
                graph.messages(1).stream().map(node -> node.text(3)).toList();
        assertEquals(nodes.size(), Set.copyOf(nodes).size(), nodes.toString());
    }

    @Test
    void valuesAreFlattenedForLayersThatReadFeaturesAndShapedForThoseThatReadImages() {
        Message graph = graph(network(
                Node.of(new GlobalAveragePooling("mean")),
                Node.of(new Dense("left", 4, Penalty.NONE)),
                Node.of(new Dense("right", 4, Penalty.NONE), "mean"),
                Node.of(Convolution.depthwise("scale", 1, Window.square(1, 1, Padding.VALID), true), "left"),
                Node.of(new Add("sum"), "scale", "right"),
                last()));
        assertEquals(
                List.of(
                        "GlobalAveragePool",
                        "Flatten",
                        "Gemm",
                        "Gemm",
                        "Reshape",
                        "Conv",
                        "Flatten",
                        "Add",
                        "Gemm",
                        "Softmax"),
                operators(graph));
        assertEquals("mean/features", graph.messages(1).get(2).text(1));
        assertEquals("mean/features", graph.messages(1).get(3).text(1), "one flattening serves both");
        Message shape = graph.messages(5).stream()
                .filter(tensor -> tensor.text(8).equals("left/shape"))
                .findFirst()
                .orElseThrow();
        assertEquals(List.of(0L, 4L, 1L, 1L), shape.numbers(7));
    }

    @Test
    void joinsReadWhatTheirLayersRead() {
        Message graph = graph(network(
                Node.of(new Convolution("a", 4, 3, 1, Padding.SAME, Penalty.NONE)),
                Node.of(new Concatenate("both"), "a", "input", "a"),
                Node.of(new GlobalMaxPooling("top")),
                last()));
        Message both = graph.messages(1).get(1);
        assertEquals(List.of("a/output", "images", "a/output"), both.texts(1));
        assertEquals("axis", both.messages(5).get(0).text(1));
        assertEquals(List.of(1L), both.messages(5).get(0).numbers(3));
    }

    @Test
    void convolutionsKeepGroupsDilationAndRectangularWindowsAndNeedNoBias() {
        Window window = new Window(new Size(3, 1), new Size(1, 2), new Size(2, 1), Padding.of(2, 0, 1, 0));
        Message graph = graph(network(
                Node.of(new Convolution("op", 6, 0, window, 2, false, Penalty.NONE, ParameterRule.NORMAL)),
                Node.of(new GlobalAveragePooling("mean")),
                last()));
        Message convolution = graph.messages(1).get(0);
        assertEquals(List.of("images", "op/kernel"), convolution.texts(1));
        Map<String, List<Long>> attributes = new HashMap<>();
        convolution.messages(5).forEach(each -> attributes.put(each.text(1), each.numbers(8)));
        assertEquals(List.of(3L, 1L), attributes.get("kernel_shape"));
        assertEquals(List.of(1L, 2L), attributes.get("strides"));
        assertEquals(List.of(2L, 1L), attributes.get("dilations"));
        assertEquals(List.of(2L, 0L, 1L, 0L), attributes.get("pads"));
        Message group = convolution.messages(5).stream()
                .filter(each -> each.text(1).equals("group"))
                .findFirst()
                .orElseThrow();
        assertEquals(List.of(2L), group.numbers(3));
    }

    @Test
    void whatANormalizationDoesNotLearnIsWrittenAsItWouldStart() {
        Message graph = graph(network(
                Node.of(new BatchNormalization(
                        "norm", 0.9, 1e-3, false, false, BatchNormalization.Variance.BIASED, ParameterRule.NORMAL)),
                Node.of(new GlobalAveragePooling("mean")),
                last()));
        assertEquals(
                List.of("images", "norm/gamma", "norm/beta", "norm/running_mean", "norm/running_variance"),
                graph.messages(1).get(0).texts(1));
        assertArrayEquals(new float[] {1, 1, 1, 1}, floats(graph, "norm/gamma", 4));
        assertArrayEquals(new float[4], floats(graph, "norm/beta", 4));
    }

    private static float[] floats(Message graph, String name, int count) {
        float[] values = new float[count];
        Message tensor = graph.messages(5).stream()
                .filter(each -> each.text(8).equals(name))
                .findFirst()
                .orElseThrow();
        ByteBuffer.wrap(tensor.bytes(9))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(values);
        return values;
    }

    @Test
    void theFileAsksForNoMoreThanTheNetworkNeeds() {
        for (ActivationFunction function : ActivationFunction.values()) {
            ModelSpec model =
                    network(Node.of(new Activation("f", function)), Node.of(new GlobalAveragePooling("mean")), last());
            Message file = Message.parse(OnnxModel.of(model, state(model)));
            boolean gelu = function == ActivationFunction.GELU;
            assertEquals(List.of(gelu ? 9L : 7L), file.numbers(1), "format of " + function);
            assertEquals(List.of(gelu ? 20L : 13L), file.messages(8).get(0).numbers(2), "operators of " + function);
        }
    }

    @Test
    void aRegressionWritesItsNumbers() {
        Message graph = graph(network(
                new Loss.MeanSquaredError(4),
                Node.of(new Convolution("c", 4, 3, 1, Padding.SAME, Penalty.NONE)),
                Node.of(new GlobalAveragePooling("mean"))));
        assertEquals(List.of("Conv", "GlobalAveragePool", "Flatten", "Identity"), operators(graph));
        assertEquals("values", graph.messages(12).get(0).text(1));
    }

    @Test
    void furtherFactsStandInTheMetadata() {
        Message file = Message.parse(OnnxModel.of(MODEL, state(), Map.of("classes", "[]")));
        assertEquals("classes", file.messages(14).get(0).text(1));
        assertEquals("[]", file.messages(14).get(0).text(2));
    }

    @Test
    void averagesOfTheWeightsAreWrittenInTheirPlace() {
        NamedTensors state = state();
        Tensor bias = state.get("conv/bias");
        state.put("optimizer/average/conv/bias", Tensor.filled(bias.shape(), 7));
        Message graph = Message.parse(OnnxModel.of(MODEL, state)).messages(7).get(0);
        assertArrayEquals(new float[] {7, 7, 7, 7, 7}, floats(graph, "conv/bias", 5));
    }

    /** A message of protocol buffers, its fields in the file's order. */
    private record Message(List<Field> fields) {
        private record Field(int number, long value, byte[] content) {}

        static Message parse(byte[] bytes) {
            ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            List<Field> fields = new ArrayList<>();
            while (in.hasRemaining()) {
                long tag = varint(in);
                int number = (int) (tag >>> 3);
                switch ((int) tag & 7) {
                    case 0 -> fields.add(new Field(number, varint(in), new byte[0]));
                    case 2 -> {
                        byte[] content = new byte[(int) varint(in)];
                        in.get(content);
                        fields.add(new Field(number, 0, content));
                    }
                    case 5 -> fields.add(new Field(number, in.getInt(), new byte[0]));
                    default -> throw new AssertionError("wire type of tag " + tag);
                }
            }
            return new Message(fields);
        }

        private static long varint(ByteBuffer in) {
            long value = 0;
            for (int shift = 0; ; shift += 7) {
                byte next = in.get();
                value |= (long) (next & 0x7f) << shift;
                if (next >= 0) {
                    return value;
                }
            }
        }

        private Stream<Field> all(int number) {
            return fields.stream().filter(field -> field.number() == number);
        }

        List<Message> messages(int number) {
            return all(number).map(field -> parse(field.content())).toList();
        }

        List<Long> numbers(int number) {
            return all(number).map(Field::value).toList();
        }

        byte[] bytes(int number) {
            return all(number).findFirst().orElseThrow().content();
        }

        List<String> texts(int number) {
            return all(number)
                    .map(field -> new String(field.content(), StandardCharsets.UTF_8))
                    .toList();
        }

        String text(int number) {
            return new String(bytes(number), StandardCharsets.UTF_8);
        }
    }
}
