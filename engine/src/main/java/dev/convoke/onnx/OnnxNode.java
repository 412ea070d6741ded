package dev.convoke.onnx;

import java.util.List;

/** A {@code NodeProto} of onnx.proto: an operator, what it reads and writes, its attributes. */
final class OnnxNode {
    private static final int INPUT = 1;
    private static final int OUTPUT = 2;
    private static final int NAME = 3;
    private static final int OPERATOR = 4;
    private static final int ATTRIBUTE = 5;

    private static final int ATTRIBUTE_NAME = 1;
    private static final int ATTRIBUTE_REAL = 2;
    private static final int ATTRIBUTE_NUMBER = 3;
    private static final int ATTRIBUTE_TEXT = 4;
    private static final int ATTRIBUTE_NUMBERS = 8;
    private static final int ATTRIBUTE_TYPE = 20;
    private static final int TYPE_REAL = 1;
    private static final int TYPE_NUMBER = 2;
    private static final int TYPE_TEXT = 3;
    private static final int TYPE_NUMBERS = 7;

    private final ProtoWriter node = new ProtoWriter();

    OnnxNode(String operator, String name, List<String> inputs, String output) {
        inputs.forEach(input -> node.text(INPUT, input));
        node.text(OUTPUT, output).text(NAME, name).text(OPERATOR, operator);
    }

    OnnxNode with(String attribute, double value) {
        return add(attribute(attribute, TYPE_REAL).real(ATTRIBUTE_REAL, (float) value));
    }

    OnnxNode with(String attribute, int value) {
        return add(attribute(attribute, TYPE_NUMBER).number(ATTRIBUTE_NUMBER, value));
    }

    OnnxNode with(String attribute, String value) {
        return add(attribute(attribute, TYPE_TEXT).text(ATTRIBUTE_TEXT, value));
    }

    OnnxNode withAll(String attribute, int... values) {
        ProtoWriter list = attribute(attribute, TYPE_NUMBERS);
        for (int value : values) {
            list.number(ATTRIBUTE_NUMBERS, value);
        }
        return add(list);
    }

    private static ProtoWriter attribute(String name, int type) {
        return new ProtoWriter().text(ATTRIBUTE_NAME, name).number(ATTRIBUTE_TYPE, type);
    }

    private OnnxNode add(ProtoWriter attribute) {
        node.message(ATTRIBUTE, attribute);
        return this;
    }

    ProtoWriter message() {
        return node;
    }
}
