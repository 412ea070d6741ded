package dev.convoke.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code y = W x + b}, W {@code [units, inputs]}. Weights start Glorot uniform, biases at zero.
 *
 * @param units values of the output
 * @param hasBias whether a bias is added
 * @param penalty on W
 * @param rule how the optimizer treats W and b
 */
public record Dense(String name, int units, boolean hasBias, Penalty penalty, ParameterRule rule) implements Layer {
    public Dense {
        Check.atLeastOne(name, "units", units);
    }

    /** With bias. */
    public Dense(String name, int units, Penalty penalty) {
        this(name, units, true, penalty, ParameterRule.NORMAL);
    }

    static Dense read(String name, Fields fields) {
        return new Dense(
                name,
                fields.count("units"),
                fields.flag("bias", true),
                Penalty.read(fields),
                ParameterRule.read(fields));
    }

    @Override
    public Kind kind() {
        return Kind.DENSE;
    }

    @Override
    public String label() {
        return "dense";
    }

    @Override
    public ImageShape output(List<ImageShape> inputs) {
        ImageShape input = Check.one(name, inputs);
        if (!input.isVector()) {
            throw new ModelException(name + " reads " + input + "; put a flatten layer before it");
        }
        return new ImageShape(units, 1, 1);
    }

    @Override
    public List<Parameter> parameters(ImageShape input) {
        List<Parameter> parameters = new ArrayList<>();
        parameters.add(new Parameter(Role.KERNEL, TensorShape.of(units, input.channels())));
        if (hasBias) {
            parameters.add(new Parameter(Role.BIAS, TensorShape.of(units)));
        }
        return parameters;
    }

    @Override
    public Cost cost(List<ImageShape> inputs) {
        return Cost.products(2L * inputs.get(0).channels() * units);
    }

    @Override
    public void write(Map<String, Object> fields) {
        fields.put("units", units);
        if (!hasBias) {
            fields.put("bias", false);
        }
        penalty.write(fields);
        rule.write(fields);
    }

    @Override
    public Optional<OnnxOperator> onnx(List<ImageShape> inputs) {
        OnnxOperator operator = hasBias
                ? OnnxOperator.of("Gemm", OnnxOperator.Axes.FEATURES, Role.KERNEL, Role.BIAS)
                : OnnxOperator.of("Gemm", OnnxOperator.Axes.FEATURES, Role.KERNEL);
        return Optional.of(operator.with("transB", 1L));
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.visit(this);
    }
}
