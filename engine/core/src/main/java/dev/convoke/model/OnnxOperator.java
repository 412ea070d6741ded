package dev.convoke.model;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A layer as an ONNX operator.
 *
 * @param operator such as {@code Conv}
 * @param weights tensors that it reads behind its inputs; one that the layer does not have is written with its initial values
 * @param attributes by name: a Long, a Float, a String, or a {@code List<Long>}
 * @param axes how many axes its inputs must have
 * @param operatorSet the first that has it in this form
 */
public record OnnxOperator(
        String operator, List<Role> weights, Map<String, Object> attributes, Axes axes, int operatorSet) {
    /** Operator set that every layer can do with unless it says otherwise. */
    private static final int USUAL_SET = 13;

    /** Axes of an operator's inputs and output. */
    public enum Axes {
        /** {@code [N, C, H, W]}. */
        IMAGES,
        /** {@code [N, C]}. */
        FEATURES,
        /** Either, and the output as the inputs. */
        ANY,
        /** {@code [N, C, H, W]} read, {@code [N, C * H * W]} written. */
        FLATTENS
    }

    public OnnxOperator {
        weights = List.copyOf(weights);
        attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
    }

    static OnnxOperator of(String operator, Axes axes, Role... weights) {
        return new OnnxOperator(operator, List.of(weights), Map.of(), axes, USUAL_SET);
    }

    OnnxOperator with(String attribute, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(attributes);
        more.put(attribute, value);
        return new OnnxOperator(operator, weights, more, axes, operatorSet);
    }

    OnnxOperator since(int set) {
        return new OnnxOperator(operator, weights, attributes, axes, Math.max(operatorSet, set));
    }

    OnnxOperator over(WindowGeometry window) {
        OnnxOperator windowed = with(
                        "kernel_shape",
                        longs(window.size().height(), window.size().width()))
                .with("strides", longs(window.stride().height(), window.stride().width()))
                .with("pads", longs(window.padTop(), window.padLeft(), window.padBottom(), window.padRight()));
        return window.dilation().equals(Size.ONE)
                ? windowed
                : windowed.with(
                        "dilations",
                        longs(window.dilation().height(), window.dilation().width()));
    }

    private static List<Long> longs(long... values) {
        return Arrays.stream(values).boxed().toList();
    }
}
