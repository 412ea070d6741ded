package dev.convoke.onnx;

import dev.convoke.backend.NamedTensors;
import dev.convoke.backend.StateLayout;
import dev.convoke.model.ImageShape;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.OptimizerSpec;
import dev.convoke.plan.Op;
import dev.convoke.plan.Plan;
import dev.convoke.plan.PlanCompiler;
import dev.convoke.plan.Precision;
import dev.convoke.plan.Segment;
import dev.convoke.plan.Tensor;
import dev.convoke.plan.TensorShape;
import dev.convoke.plan.WindowGeometry;
import java.util.List;

/**
 * A trained network as an ONNX model: reads {@code images}, float32 {@code [N, C, H, W]} with {@code pixel / 255}, any N;
 * writes {@code probabilities}, float32 {@code [N, classes]}.
 *
 * <p>Dropout layers are left out. Operator set 20, the first with GELU; every operator but that is older.
 *
 * @see <a href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto">onnx.proto</a>
 */
public final class OnnxModel {
    /** Name of the graph's input. */
    public static final String INPUT = "images";
    /** Name of the graph's output. */
    public static final String OUTPUT = "probabilities";

    private static final int IR_VERSION = 9;
    private static final int OPERATOR_SET = 20;
    private static final int FLOAT = 1;

    // Field numbers of onnx.proto.
    private static final int MODEL_IR_VERSION = 1;
    private static final int MODEL_PRODUCER = 2;
    private static final int MODEL_GRAPH = 7;
    private static final int MODEL_OPERATOR_SET = 8;
    private static final int OPERATOR_SET_VERSION = 2;
    private static final int GRAPH_NODE = 1;
    private static final int GRAPH_NAME = 2;
    private static final int GRAPH_INITIALIZER = 5;
    private static final int GRAPH_INPUT = 11;
    private static final int GRAPH_OUTPUT = 12;
    private static final int TENSOR_DIMENSION = 1;
    private static final int TENSOR_TYPE = 2;
    private static final int TENSOR_NAME = 8;
    private static final int TENSOR_RAW = 9;
    private static final int VALUE_NAME = 1;
    private static final int VALUE_TYPE = 2;
    private static final int TYPE_TENSOR = 1;
    private static final int TENSOR_TYPE_ELEMENT = 1;
    private static final int TENSOR_TYPE_SHAPE = 2;
    private static final int SHAPE_DIMENSION = 1;
    private static final int DIMENSION_VALUE = 1;
    private static final int DIMENSION_NAME = 2;

    private final Plan plan;
    private final NamedTensors state;
    private final ProtoWriter graph = new ProtoWriter();
    private final String[] names; // of the values in the graph, by slot

    private OnnxModel(ModelSpec model, NamedTensors state) {
        plan = PlanCompiler.compile(model, 1, Precision.FLOAT32);
        this.state = state;
        names = new String[plan.slots().size()];
        names[0] = INPUT;
    }

    /**
     * The network as an ONNX file's content.
     *
     * @param state parameters and running statistics; optimizer state is left aside
     * @throws IllegalArgumentException if a tensor is missing or of another shape; the message names it
     */
    public static byte[] of(ModelSpec model, NamedTensors state) {
        OnnxModel onnx = new OnnxModel(model, state);
        NamedTensors weights = new NamedTensors();
        for (String name : state.names()) {
            if (!name.startsWith(StateLayout.OPTIMIZER_PREFIX)) {
                weights.put(name, state.get(name));
            }
        }
        StateLayout.of(onnx.plan, OptimizerSpec.Sgd.DEFAULT).check(weights);
        return onnx.bytes();
    }

    private byte[] bytes() {
        ModelSpec model = plan.model();
        graph.text(GRAPH_NAME, model.name());
        plan.ops().forEach(this::add);
        String logits = names[names.length - 1];
        graph.message(
                GRAPH_NODE,
                new OnnxNode("Softmax", "softmax", List.of(logits), OUTPUT)
                        .with("axis", 1)
                        .message());
        ImageShape input = model.input();
        graph.message(GRAPH_INPUT, value(INPUT, input.channels(), input.height(), input.width()));
        graph.message(GRAPH_OUTPUT, value(OUTPUT, model.classes()));
        return new ProtoWriter()
                .number(MODEL_IR_VERSION, IR_VERSION)
                .text(MODEL_PRODUCER, "convoke")
                .message(MODEL_GRAPH, graph)
                .message(MODEL_OPERATOR_SET, new ProtoWriter().number(OPERATOR_SET_VERSION, OPERATOR_SET))
                .toBytes();
    }

    private void add(Op op) {
        if (op instanceof Op.Dropout) {
            names[op.output()] = names[op.input()];
            return;
        }
        names[op.output()] = op.name();
        graph.message(GRAPH_NODE, node(op).message());
    }

    private OnnxNode node(Op op) {
        if (op instanceof Op.Convolution convolution) {
            WindowGeometry window = convolution.window();
            return windowed(make("Conv", op, convolution.kernel(), convolution.bias()), window);
        }
        if (op instanceof Op.Pooling pooling) {
            // AveragePool leaves padding out of the mean where it is not told otherwise.
            String operator = pooling.kind() == Op.PoolingKind.MAXIMUM ? "MaxPool" : "AveragePool";
            return windowed(make(operator, op), pooling.window());
        }
        if (op instanceof Op.BatchNormalization norm) {
            return make("BatchNormalization", op, norm.gamma(), norm.beta(), norm.runningMean(), norm.runningVariance())
                    .with("epsilon", norm.epsilon());
        }
        if (op instanceof Op.Dense dense) {
            return make("Gemm", op, dense.kernel(), dense.bias()).with("transB", 1);
        }
        if (op instanceof Op.Activation activation) {
            return activation(activation);
        }
        if (op instanceof Op.Flatten) {
            return make("Flatten", op).with("axis", 1);
        }
        throw new AssertionError(op);
    }

    private OnnxNode activation(Op.Activation op) {
        switch (op.function()) {
            case RELU:
                return make("Relu", op);
            case LEAKY_RELU:
                return make("LeakyRelu", op).with("alpha", op.slope());
            case GELU:
                return make("Gelu", op).with("approximate", "none");
            case TANH:
                return make("Tanh", op);
            case SIGMOID:
                return make("Sigmoid", op);
        }
        throw new AssertionError(op);
    }

    private OnnxNode make(String operator, Op op, Segment... weights) {
        String[] inputs = new String[weights.length + 1];
        inputs[0] = names[op.input()];
        for (int i = 0; i < weights.length; i++) {
            inputs[i + 1] = weights[i].name();
            graph.message(GRAPH_INITIALIZER, tensor(weights[i]));
        }
        return new OnnxNode(operator, op.name(), List.of(inputs), op.name());
    }

    private static OnnxNode windowed(OnnxNode node, WindowGeometry window) {
        return node.withAll("kernel_shape", window.size(), window.size())
                .withAll("strides", window.stride(), window.stride())
                .withAll("pads", window.padTop(), window.padLeft(), window.padBottom(), window.padRight());
    }

    private ProtoWriter tensor(Segment segment) {
        Tensor tensor = state.get(segment.name());
        TensorShape shape = tensor.shape();
        ProtoWriter message = new ProtoWriter();
        for (int axis : shape.axes()) {
            message.number(TENSOR_DIMENSION, axis);
        }
        return message.number(TENSOR_TYPE, FLOAT)
                .text(TENSOR_NAME, segment.name())
                .floats(TENSOR_RAW, tensor.values());
    }

    /** A {@code ValueInfoProto}: any number of images, each of these axes. */
    private static ProtoWriter value(String name, int... axes) {
        ProtoWriter shape = new ProtoWriter().message(SHAPE_DIMENSION, new ProtoWriter().text(DIMENSION_NAME, "N"));
        for (int axis : axes) {
            shape.message(SHAPE_DIMENSION, new ProtoWriter().number(DIMENSION_VALUE, axis));
        }
        ProtoWriter tensor =
                new ProtoWriter().number(TENSOR_TYPE_ELEMENT, FLOAT).message(TENSOR_TYPE_SHAPE, shape);
        return new ProtoWriter()
                .text(VALUE_NAME, name)
                .message(VALUE_TYPE, new ProtoWriter().message(TYPE_TENSOR, tensor));
    }
}
