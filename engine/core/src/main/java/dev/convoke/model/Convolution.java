package dev.convoke.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Two-dimensional convolution. With {@code groups} the channels are divided into that many groups, each with its own
 * filters; a depthwise convolution has one group per channel.
 *
 * <p>Kernels are {@code [filters, channels / groups, rows, columns]} and start Glorot uniform, biases at zero.
 *
 * @param filters channels of the output; 0 for a depthwise convolution
 * @param multiplier filters for each channel of a depthwise convolution, else 0
 * @param window rows, columns, stride, dilation, padding
 * @param groups number of channel groups; 1 for an ordinary convolution; 0 for a depthwise convolution
 * @param hasBias whether a bias is added
 * @param penalty on the kernel
 * @param rule how the optimizer treats kernel and bias
 */
public record Convolution(
        String name,
        int filters,
        int multiplier,
        Window window,
        int groups,
        boolean hasBias,
        Penalty penalty,
        ParameterRule rule)
        implements Layer {
    public Convolution {
        if (multiplier == 0) {
            Check.atLeastOne(name, "filters", filters);
            Check.atLeastOne(name, "groups", groups);
            if (filters % groups != 0) {
                throw new ModelException(name + ": " + filters + " filters cannot be cut into " + groups + " groups");
            }
        } else {
            Check.atLeastOne(name, "multiplier", multiplier);
        }
    }

    /** A square kernel, equal strides, with bias. */
    public Convolution(String name, int filters, int kernel, int stride, Padding padding, Penalty penalty) {
        this(name, filters, 0, Window.square(kernel, stride, padding), 1, true, penalty, ParameterRule.NORMAL);
    }

    /** {@code multiplier} filters for each channel. */
    public static Convolution depthwise(String name, int multiplier, Window window, boolean hasBias) {
        return new Convolution(name, 0, multiplier, window, 0, hasBias, Penalty.NONE, ParameterRule.NORMAL);
    }

    static Convolution read(String name, Fields fields) {
        int filters = fields.count("filters");
        Window window = Window.read(fields, "kernel", Size.square(3), false, true);
        int groups = fields.count("groups", 1, 1);
        boolean bias = fields.flag("bias", true);
        return new Convolution(
                name, filters, 0, window, groups, bias, Penalty.read(fields), ParameterRule.read(fields));
    }

    static Convolution readDepthwise(String name, Fields fields) {
        int multiplier = fields.count("multiplier", 1, 1);
        Window window = Window.read(fields, "kernel", Size.square(3), false, true);
        boolean bias = fields.flag("bias", true);
        return new Convolution(name, 0, multiplier, window, 0, bias, Penalty.read(fields), ParameterRule.read(fields));
    }

    public boolean isDepthwise() {
        return multiplier > 0;
    }

    /** Channels of the output. */
    public int outputs(int channels) {
        return isDepthwise() ? Math.multiplyExact(channels, multiplier) : filters;
    }

    /** Parts that {@code channels} are cut into. */
    public int groups(int channels) {
        return isDepthwise() ? channels : groups;
    }

    /** The window over images of {@code input}. */
    public WindowGeometry over(ImageShape input) {
        return window.over(name, input, outputs(input.channels()));
    }

    @Override
    public Kind kind() {
        return isDepthwise() ? Kind.DEPTHWISE_CONVOLUTION : Kind.CONVOLUTION;
    }

    @Override
    public String label() {
        return (isDepthwise() ? "depthwise convolution " : "convolution ") + window.size();
    }

    @Override
    public ImageShape output(List<ImageShape> inputs) {
        ImageShape input = Check.one(name, inputs);
        if (input.channels() % groups(input.channels()) != 0) {
            throw new ModelException(
                    name + " reads " + input.channels() + " channels, which cannot be cut into " + groups + " groups");
        }
        return over(input).output();
    }

    @Override
    public List<Parameter> parameters(ImageShape input) {
        int outputs = outputs(input.channels());
        Size size = window.size();
        List<Parameter> parameters = new ArrayList<>();
        parameters.add(new Parameter(
                Role.KERNEL,
                TensorShape.of(outputs, input.channels() / groups(input.channels()), size.height(), size.width())));
        if (hasBias) {
            parameters.add(new Parameter(Role.BIAS, TensorShape.of(outputs)));
        }
        return parameters;
    }

    @Override
    public Cost cost(List<ImageShape> inputs) {
        int channels = inputs.get(0).channels();
        return Cost.products(
                2L * over(inputs.get(0)).output().size() * window.size().area() * (channels / groups(channels)));
    }

    @Override
    public void write(Map<String, Object> fields) {
        if (isDepthwise()) {
            fields.put("multiplier", multiplier);
        } else {
            fields.put("filters", filters);
        }
        window.write(fields, "kernel");
        if (groups > 1) {
            fields.put("groups", groups);
        }
        if (!hasBias) {
            fields.put("bias", false);
        }
        penalty.write(fields);
        rule.write(fields);
    }

    @Override
    public Optional<OnnxOperator> onnx(List<ImageShape> inputs) {
        int groupCount = groups(inputs.get(0).channels());
        OnnxOperator operator = hasBias
                ? OnnxOperator.of("Conv", OnnxOperator.Axes.IMAGES, Role.KERNEL, Role.BIAS)
                : OnnxOperator.of("Conv", OnnxOperator.Axes.IMAGES, Role.KERNEL);
        operator = operator.over(over(inputs.get(0)));
        return Optional.of(groupCount == 1 ? operator : operator.with("group", (long) groupCount));
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.visit(this);
    }
}
