package dev.convoke.model;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * One layer of a model. It defines everything that does not depend on the device: shapes, parameters, cost, its text in a
 * suite or a saved model, its ONNX operator. Backends handle layers through a {@link Visitor}.
 *
 * <p>To add one: a record here, its {@link Kind}, its method of {@link Visitor}. The compiler then reports every place that
 * must handle it.
 */
public sealed interface Layer
        permits Activation,
                Add,
                AveragePooling,
                BatchNormalization,
                Concatenate,
                Convolution,
                Dense,
                Dropout,
                Flatten,
                GlobalAveragePooling,
                GlobalMaxPooling,
                MaxPooling {

    /** Unique in its model. */
    String name();

    Kind kind();

    /** What it is in a few words, such as {@code convolution 3x3}. */
    String label();

    /**
     * Shape of one image's output.
     *
     * @param inputs shapes of what it reads
     * @throws ModelException if it cannot read these
     */
    ImageShape output(List<ImageShape> inputs);

    /** Tensors that it brings along, statistics last; none by default. */
    default List<Parameter> parameters(ImageShape input) {
        return List.of();
    }

    /** How the optimizer treats its parameters. */
    default ParameterRule rule() {
        return ParameterRule.NORMAL;
    }

    /** The penalty on its kernel. */
    default Penalty penalty() {
        return Penalty.NONE;
    }

    /** What it computes for one image. */
    Cost cost(List<ImageShape> inputs);

    /** Writes its fields but type and name. */
    void write(Map<String, Object> fields);

    /** Its ONNX operator; empty for a layer that passes its input on when nothing is trained. */
    Optional<OnnxOperator> onnx(List<ImageShape> inputs);

    <R> R accept(Visitor<R> visitor);

    /** Whether it reads any number of layers from two on; else it reads one. */
    default boolean joins() {
        return kind().group() == Group.JOIN;
    }

    /** Its text in a suite or a saved model, every field. */
    default Map<String, Object> text() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("type", kind().text());
        fields.put("name", name());
        write(fields);
        return fields;
    }

    /** Something that is different for every kind of layer. */
    interface Visitor<R> {
        R visit(Activation layer);

        R visit(Add layer);

        R visit(AveragePooling layer);

        R visit(BatchNormalization layer);

        R visit(Concatenate layer);

        R visit(Convolution layer);

        R visit(Dense layer);

        R visit(Dropout layer);

        R visit(Flatten layer);

        R visit(GlobalAveragePooling layer);

        R visit(GlobalMaxPooling layer);

        R visit(MaxPooling layer);
    }

    /** Layers that belong together, for pictures. */
    enum Group {
        CONVOLUTION,
        POOLING,
        DENSE,
        NORMALIZATION,
        ACTIVATION,
        DROPOUT,
        JOIN,
        RESHAPE
    }

    /** The kinds of layers, by their text. */
    @SuppressWarnings("ImmutableEnumChecker") // a reader holds no state
    enum Kind {
        CONVOLUTION(Group.CONVOLUTION, Convolution::read),
        DEPTHWISE_CONVOLUTION(Group.CONVOLUTION, Convolution::readDepthwise),
        MAX_POOLING(Group.POOLING, MaxPooling::read),
        AVERAGE_POOLING(Group.POOLING, AveragePooling::read),
        GLOBAL_MAX_POOLING(Group.POOLING, (name, fields) -> new GlobalMaxPooling(name)),
        GLOBAL_AVERAGE_POOLING(Group.POOLING, (name, fields) -> new GlobalAveragePooling(name)),
        BATCH_NORM(Group.NORMALIZATION, BatchNormalization::read),
        DENSE(Group.DENSE, Dense::read),
        DROPOUT(Group.DROPOUT, Dropout::read),
        FLATTEN(Group.RESHAPE, (name, fields) -> new Flatten(name)),
        ACTIVATION(Group.ACTIVATION, Activation::read),
        ADD(Group.JOIN, (name, fields) -> new Add(name)),
        CONCATENATE(Group.JOIN, (name, fields) -> new Concatenate(name));

        private final Group group;
        private final BiFunction<String, Fields, Layer> reader;

        Kind(Group group, BiFunction<String, Fields, Layer> reader) {
            this.group = group;
            this.reader = reader;
        }

        public Group group() {
            return group;
        }

        /** What a suite calls it. */
        public String text() {
            return Text.of(this);
        }

        /** Reads a layer's fields, type and name aside. */
        public Layer read(String name, Fields fields) {
            return reader.apply(name, fields);
        }

        /** The texts of all kinds. */
        public static List<String> texts() {
            return Arrays.stream(values()).map(Kind::text).toList();
        }

        /**
         * The kind that a suite calls {@code text}.
         *
         * @throws IllegalArgumentException if there is none
         */
        public static Kind of(String text) {
            return Arrays.stream(values())
                    .filter(kind -> kind.text().equals(text))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("'" + text + "' is none of " + texts()));
        }
    }
}
