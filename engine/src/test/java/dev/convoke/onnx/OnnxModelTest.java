package dev.convoke.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.backend.NamedTensors;
import dev.convoke.model.Activation;
import dev.convoke.model.ActivationFunction;
import dev.convoke.model.AveragePooling;
import dev.convoke.model.BatchNormalization;
import dev.convoke.model.Convolution;
import dev.convoke.model.Dense;
import dev.convoke.model.Dropout;
import dev.convoke.model.Flatten;
import dev.convoke.model.ImageShape;
import dev.convoke.model.MaxPooling;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Padding;
import dev.convoke.model.Penalty;
import dev.convoke.plan.Plan;
import dev.convoke.plan.PlanCompiler;
import dev.convoke.plan.Precision;
import dev.convoke.plan.Segment;
import dev.convoke.plan.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
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
        Plan plan = PlanCompiler.compile(MODEL, 1, Precision.FLOAT32);
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
        return Message.parse(OnnxModel.of(MODEL, state())).messages(7).get(0);
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

        String text(int number) {
            return new String(bytes(number), StandardCharsets.UTF_8);
        }
    }
}
