package dev.convoke.onnx;

import java.util.List;
import java.util.Map;

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

    private OnnxNode() {}

    /**
     * The message of a node, which is named after what it writes.
     *
     * @param attributes by name: a Long, a Float, a String, or a list of Longs
     */
    static ProtoWriter message(String operator, List<String> inputs, String output, Map<String, Object> attributes) {
        ProtoWriter node = new ProtoWriter();
        inputs.forEach(input -> node.text(INPUT, input));
        node.text(OUTPUT, output).text(NAME, output).text(OPERATOR, operator);
        attributes.forEach((name, value) -> node.message(ATTRIBUTE, attribute(name, value)));
        return node;
    }

    private static ProtoWriter attribute(String name, Object value) {
        ProtoWriter attribute = new ProtoWriter().text(ATTRIBUTE_NAME, name);
        if (value instanceof Long number) {
            return attribute.number(ATTRIBUTE_TYPE, TYPE_NUMBER).number(ATTRIBUTE_NUMBER, number);
        }
        if (value instanceof Float number) {
            return attribute.number(ATTRIBUTE_TYPE, TYPE_REAL).real(ATTRIBUTE_REAL, number);
        }
        if (value instanceof String text) {
            return attribute.number(ATTRIBUTE_TYPE, TYPE_TEXT).text(ATTRIBUTE_TEXT, text);
        }
        if (value instanceof List<?> numbers) {
            attribute.number(ATTRIBUTE_TYPE, TYPE_NUMBERS);
            numbers.forEach(number -> attribute.number(ATTRIBUTE_NUMBERS, (Long) number));
            return attribute;
        }
        throw new IllegalArgumentException(name + " cannot be an attribute: " + value);
    }
}
