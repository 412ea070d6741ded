package dev.convoke.onnx;

import dev.convoke.backend.NamedTensors;
import dev.convoke.backend.StateLayout;
import dev.convoke.model.ImageShape;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.OnnxOperator;
import dev.convoke.model.OnnxOperator.Axes;
import dev.convoke.model.Optimizer;
import dev.convoke.model.ParameterRule;
import dev.convoke.model.Penalty;
import dev.convoke.model.Role;
import dev.convoke.model.TensorShape;
import dev.convoke.model.UpdateRule;
import dev.convoke.plan.Initializer;
import dev.convoke.plan.Op;
import dev.convoke.plan.Plan;
import dev.convoke.plan.PlanCompiler;
import dev.convoke.plan.Precision;
import dev.convoke.plan.Segment;
import dev.convoke.plan.Slot;
import dev.convoke.plan.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A trained network as an ONNX model: reads {@code images}, float32 {@code [N, C, H, W]} with {@code pixel / 255}, any N;
 * writes {@code probabilities}, float32 {@code [N, classes]}, or, where the loss gives none, {@code values}, float32 {@code [N,
 * outputs]}.
 *
 * <p>Layers that pass their input on when nothing is trained are left out. The file asks for the lowest operator set that has
 * what the network needs: 13, or 20 for GELU. What a layer writes is called {@code LAYER/output}, its weights {@code
 * LAYER/kernel} and so on, so that no layer's name is taken by the graph's own input and output.
 *
 * @see <a href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto">onnx.proto</a>
 */
public final class OnnxModel {
    /** Name of the graph's input. */
    public static final String INPUT = "images";
    /** Name of the output of a network that gives probabilities. */
    public static final String OUTPUT = "probabilities";
    /** Name of the output of a network that gives other numbers. */
    public static final String VALUES = "values";

    private static final int LOWEST_SET = 13;
    private static final int FLOAT = 1;
    private static final int INT64 = 7;

    // Field numbers of onnx.proto.
    private static final int MODEL_IR_VERSION = 1;
    private static final int MODEL_PRODUCER = 2;
    private static final int MODEL_GRAPH = 7;
    private static final int MODEL_OPERATOR_SET = 8;
    private static final int MODEL_METADATA = 14;
    private static final int METADATA_KEY = 1;
    private static final int METADATA_VALUE = 2;
    private static final int OPERATOR_SET_VERSION = 2;
    private static final int GRAPH_NODE = 1;
    private static final int GRAPH_NAME = 2;
    private static final int GRAPH_INITIALIZER = 5;
    private static final int GRAPH_INPUT = 11;
    private static final int GRAPH_OUTPUT = 12;
    private static final int TENSOR_DIMENSION = 1;
    private static final int TENSOR_TYPE = 2;
    private static final int TENSOR_NUMBERS = 7;
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
    private final NamedTensors weights;
    private final ProtoWriter graph = new ProtoWriter();
    private final Map<Slot, Value> values = new HashMap<>();
    private final Set<String> adapted = new HashSet<>(); // values that were reshaped for another operator, once each
    private int operatorSet = LOWEST_SET;

    /**
     * A value in the graph.
     *
     * @param name of the value
     * @param images whether it is {@code [N, C, H, W]}, not {@code [N, C]}
     */
    private record Value(String name, boolean images) {}

    private OnnxModel(ModelSpec model, NamedTensors state) {
        plan = PlanCompiler.compile(model, 1, Precision.FLOAT32);
        weights = StateLayout.answering(state);
        StateLayout.of(plan, UpdateRule.of(Optimizer.Sgd.DEFAULT)).check(weights);
        values.put(plan.slots().get(0), new Value(INPUT, true));
    }

    /**
     * The network as an ONNX file's content.
     *
     * @param state parameters and running statistics; of optimizer state, the running means of the weights are written where
     *     they are there
     * @throws IllegalArgumentException if a tensor is missing or of another shape; the message names it
     */
    public static byte[] of(ModelSpec model, NamedTensors state) {
        return of(model, state, Map.of());
    }

    /**
     * The network with further facts by name, such as the names of its classes.
     *
     * @throws IllegalArgumentException if a tensor is missing or of another shape; the message names it
     */
    public static byte[] of(ModelSpec model, NamedTensors state, Map<String, String> metadata) {
        return new OnnxModel(model, state).bytes(metadata);
    }

    private byte[] bytes(Map<String, String> metadata) {
        ModelSpec model = plan.model();
        graph.text(GRAPH_NAME, model.name());
        plan.ops().forEach(this::add);
        String output = addLoss();
        ImageShape input = model.input();
        graph.message(GRAPH_INPUT, described(INPUT, input.channels(), input.height(), input.width()));
        graph.message(GRAPH_OUTPUT, described(output, model.outputs()));
        ProtoWriter file = new ProtoWriter()
                .number(MODEL_IR_VERSION, irVersion(operatorSet))
                .text(MODEL_PRODUCER, "convoke")
                .message(MODEL_GRAPH, graph)
                .message(MODEL_OPERATOR_SET, new ProtoWriter().number(OPERATOR_SET_VERSION, operatorSet));
        metadata.forEach((key, value) -> file.message(
                MODEL_METADATA, new ProtoWriter().text(METADATA_KEY, key).text(METADATA_VALUE, value)));
        return file.toBytes();
    }

    /** The first version of the format in which the operator set was released. */
    private static int irVersion(int operatorSet) {
        return operatorSet <= LOWEST_SET ? 7 : operatorSet <= 18 ? 8 : 9;
    }

    private void add(Op op) {
        List<ImageShape> shapes = op.inputs().stream().map(Slot::shape).toList();
        Optional<OnnxOperator> operator = op.layer().onnx(shapes);
        if (operator.isEmpty()) {
            values.put(op.output(), value(op.input()));
            return;
        }
        List<String> inputs = new ArrayList<>();
        boolean images = reads(op, operator.get().axes());
        for (Slot slot : op.inputs()) {
            inputs.add(images ? asImages(slot) : asFeatures(slot, operator.get().axes()));
        }
        for (Role role : operator.get().weights()) {
            inputs.add(weight(op, role));
        }
        Value output = new Value(op.name() + "/output", images && operator.get().axes() != Axes.FLATTENS);
        values.put(op.output(), output);
        addNode(operator.get(), inputs, output.name());
    }

    /**
     * Whether the operator reads {@code [N, C, H, W]}; an operator that accepts either gets the available form, the same
     * for all inputs.
     */
    private boolean reads(Op op, Axes axes) {
        return switch (axes) {
            case IMAGES -> true;
            case FEATURES -> false;
            case ANY, FLATTENS ->
                op.inputs().stream().allMatch(slot -> value(slot).images());
        };
    }

    private String asImages(Slot slot) {
        Value value = value(slot);
        if (value.images()) {
            return value.name();
        }
        String shape = slot.name() + "/shape";
        String reshaped = slot.name() + "/images";
        if (adapted.add(reshaped)) {
            ImageShape image = slot.shape();
            ProtoWriter numbers = new ProtoWriter().number(TENSOR_DIMENSION, 4).number(TENSOR_TYPE, INT64);
            // 0 keeps the axis of the images.
            for (long axis : new long[] {0, image.channels(), image.height(), image.width()}) {
                numbers.number(TENSOR_NUMBERS, axis);
            }
            graph.message(GRAPH_INITIALIZER, numbers.text(TENSOR_NAME, shape));
            graph.message(GRAPH_NODE, OnnxNode.message("Reshape", List.of(value.name(), shape), reshaped, Map.of()));
        }
        return reshaped;
    }

    private String asFeatures(Slot slot, Axes axes) {
        Value value = value(slot);
        if (!value.images() || axes == Axes.FLATTENS) {
            return value.name();
        }
        String flat = slot.name() + "/features";
        if (adapted.add(flat)) {
            graph.message(GRAPH_NODE, OnnxNode.message("Flatten", List.of(value.name()), flat, Map.of("axis", 1L)));
        }
        return flat;
    }

    private Value value(Slot slot) {
        Value value = values.get(slot);
        if (value == null) {
            throw new IllegalStateException(slot.name() + " is read before it is written");
        }
        return value;
    }

    /** Name of the graph's output, which the loss' operator writes. */
    private String addLoss() {
        Optional<OnnxOperator> operator = plan.model().loss().onnx();
        List<String> logits = List.of(asFeatures(plan.logits(), Axes.FEATURES));
        if (operator.isPresent()) {
            addNode(operator.get(), logits, OUTPUT);
            return OUTPUT;
        }
        graph.message(GRAPH_NODE, OnnxNode.message("Identity", logits, VALUES, Map.of()));
        return VALUES;
    }

    private void addNode(OnnxOperator operator, List<String> inputs, String output) {
        operatorSet = Math.max(operatorSet, operator.operatorSet());
        graph.message(GRAPH_NODE, OnnxNode.message(operator.operator(), inputs, output, operator.attributes()));
    }

    /** Writes a tensor of a layer; one that the layer does not have as it would be at the start of a training. */
    private String weight(Op op, Role role) {
        String name = op.name() + "/" + role.suffix();
        @Nullable Segment segment = op.find(role);
        graph.message(GRAPH_INITIALIZER, tensor(name, segment == null ? initial(op, role) : weights.get(name)));
        return name;
    }

    private static Tensor initial(Op op, Role role) {
        TensorShape each = TensorShape.of(op.inputShape().channels());
        return Initializer.initial(new Segment("", 0, role, each, 0, Penalty.NONE, ParameterRule.NORMAL), 0);
    }

    private static ProtoWriter tensor(String name, Tensor tensor) {
        ProtoWriter message = new ProtoWriter();
        for (int axis : tensor.shape().axes()) {
            message.number(TENSOR_DIMENSION, axis);
        }
        return message.number(TENSOR_TYPE, FLOAT).text(TENSOR_NAME, name).floats(TENSOR_RAW, tensor.values());
    }

    /** A {@code ValueInfoProto}: any number of images, each of these axes. */
    private static ProtoWriter described(String name, int... axes) {
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
