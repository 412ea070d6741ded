package dev.convoke.sweep;

import dev.convoke.model.ImageShape;
import dev.convoke.model.ModelSpec;
import dev.convoke.plan.Op;
import dev.convoke.plan.Plan;
import dev.convoke.plan.PlanCompiler;
import dev.convoke.plan.Precision;
import dev.convoke.plan.Slot;
import dev.convoke.train.Flops;
import java.util.List;
import java.util.Optional;

/**
 * What a network looks like, layer by layer.
 *
 * @param name of the model
 * @param input shape of one image
 * @param layers in order; output shapes are channels x rows x columns
 * @param parameters as Keras counts: running statistics included
 * @param flops of one image's forward pass
 */
public record ModelSummary(
        String name, ImageShape input, List<SweepResults.LayerFacts> layers, int parameters, long flops) {
    /** What {@code summary} supposes where no data set is named: MNIST's. */
    public static final ImageShape DEFAULT_INPUT = new ImageShape(1, 28, 28);
    /** MNIST's ten digits. */
    public static final int DEFAULT_CLASSES = 10;

    /**
     * Summarizes a model.
     *
     * @throws dev.convoke.model.ModelException if its layers do not fit
     */
    public static ModelSummary of(ModelSpec model) {
        Plan plan = compile(model);
        List<SweepResults.LayerFacts> layers =
                plan.ops().stream().map(ModelSummary::facts).toList();
        return new ModelSummary(model.name(), model.input(), layers, plan.parameterCount(), Flops.forward(plan));
    }

    static Plan compile(ModelSpec model) {
        return PlanCompiler.compile(model, 1, Precision.FLOAT32);
    }

    private static SweepResults.LayerFacts facts(Op op) {
        ImageShape output = op.outputShape();
        return new SweepResults.LayerFacts(
                op.name(),
                op.layer().label(),
                output.toString(),
                op.parameterCount(),
                op.cost().products(),
                Optional.of(op.layer().kind().text()),
                Optional.of(List.of(output.channels(), output.height(), output.width())),
                Optional.of(op.inputs().stream().map(Slot::name).toList()));
    }
}
