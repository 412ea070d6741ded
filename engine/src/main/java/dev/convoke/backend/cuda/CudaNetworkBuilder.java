package dev.convoke.backend.cuda;

import dev.convoke.backend.DropoutMask;
import dev.convoke.backend.Execution.KernelChoice;
import dev.convoke.model.ActivationFunction;
import dev.convoke.plan.FusedGroup;
import dev.convoke.plan.Op;
import dev.convoke.plan.Plan;
import dev.convoke.plan.Slot;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns the groups of a plan into layers, and decides which kernels serve each. */
final class CudaNetworkBuilder {
    private final CudaContext context;
    private final CudaRace race;
    private final Plan plan;
    private final CudaMode mode;
    private final List<CudaLayer> layers = new ArrayList<>();
    private final List<CudaTensor> tensors = new ArrayList<>();
    private CudaTensor last;

    private CudaNetworkBuilder(CudaContext context, CudaRace race, Plan plan, CudaMode mode) {
        this.context = context;
        this.race = race;
        this.plan = plan;
        this.mode = mode;
        last = CudaTensor.of(plan.slots().get(0), plan.batch(), 1, context.format(), false);
        tensors.add(last);
    }

    /** @param race decides where two ways serve a group */
    static CudaNetwork build(CudaContext context, CudaRace race, Plan plan, CudaMode mode) {
        CudaNetworkBuilder builder = new CudaNetworkBuilder(context, race, plan, mode);
        plan.groups().forEach(builder::add);
        return new CudaNetwork(plan, builder.layers, builder.tensors);
    }

    private void add(FusedGroup group) {
        if (!isRectified(group)) {
            group.ops().forEach(this::addSingle);
            return;
        }
        Op first = group.first();
        switch (group.kind()) {
            case CONVOLUTION_ACTIVATION_POOLING -> addPooled((Op.Convolution) first, group);
            case CONVOLUTION_ACTIVATION ->
                addConvolution((Op.Convolution) first, group.name(), group.last(), CudaRectifier.RELU);
            case DENSE_ACTIVATION_DROPOUT ->
                addDense((Op.Dense) first, group.name(), group.last(), CudaRectifier.RELU, (Op.Dropout) group.last());
            case DENSE_ACTIVATION -> addDense((Op.Dense) first, group.name(), group.last(), CudaRectifier.RELU, null);
            case NORMALIZATION_ACTIVATION ->
                addNormalization((Op.BatchNormalization) first, group.name(), group.last(), CudaRectifier.RELU);
            case SINGLE -> throw new AssertionError(group);
        }
    }

    /** Whether the second op is a ReLU, the one activation that our groups know. */
    private static boolean isRectified(FusedGroup group) {
        return group.ops().size() > 1
                && group.ops().get(1) instanceof Op.Activation activation
                && activation.function() == ActivationFunction.RELU;
    }

    private void addSingle(Op op) {
        if (op instanceof Op.Convolution convolution) {
            addConvolution(convolution, op.name(), op, CudaRectifier.NONE);
        } else if (op instanceof Op.Pooling pooling) {
            addPooling(pooling);
        } else if (op instanceof Op.BatchNormalization normalization) {
            addNormalization(normalization, op.name(), op, CudaRectifier.NONE);
        } else if (op instanceof Op.Dense dense) {
            addDense(dense, op.name(), op, CudaRectifier.NONE, null);
        } else if (op instanceof Op.Dropout dropout) {
            addDropout(dropout);
        } else if (op instanceof Op.Activation activation) {
            CudaTensor output = produce(op, last.hasGradient(), last.folded());
            append(new CudaActivation(context, place(), activation, last, output), output);
        } else if (op instanceof Op.Flatten) {
            alias(last.flattened(slot(op)));
        } else {
            throw new AssertionError(op);
        }
    }

    private void addConvolution(Op.Convolution op, String name, Op writer, CudaRectifier rectifier) {
        CudaTensor output = produce(writer, true, 1);
        append(new CudaConvolution(context, mode, name, place(), op, rectifier, last, output), output);
    }

    private void addPooled(Op.Convolution convolution, FusedGroup group) {
        Op.Pooling pooling = (Op.Pooling) group.last();
        if (kernels() == KernelChoice.LIBRARY || !CudaConvolutionPooling.serves(pooling)) {
            Op activation = group.ops().get(1);
            addConvolution(convolution, convolution.name() + "+" + activation.name(), activation, CudaRectifier.RELU);
            addPooling(pooling);
            return;
        }
        CudaPooledConvolution ways = new CudaPooledConvolution(plan, mode, group);
        CudaPooledConvolution.Way way = CudaPooledConvolution.Way.LIBRARY_AND_OWN_POOLING;
        if (CudaFirstConvolution.serves(convolution, pooling, last)) {
            way = kernels() == KernelChoice.OWN ? CudaPooledConvolution.Way.OWN_KERNEL : ways.fasterWay(race, last);
        }
        CudaTensor output = ways.output(context);
        append(ways.layer(context, way, place(), last, output), output);
    }

    private void addPooling(Op.Pooling op) {
        CudaTensor output = produce(op, last.hasGradient(), last.folded());
        boolean library = kernels() == KernelChoice.LIBRARY && CudaLibraryPooling.serves(op.window());
        append(
                library
                        ? new CudaLibraryPooling(context, place(), op, last, output)
                        : new CudaPooling(context, place(), op, last, output),
                output);
    }

    private KernelChoice kernels() {
        return context.execution().kernels();
    }

    private void addDense(
            Op.Dense dense, String name, Op writer, CudaRectifier rectifier, Op.@Nullable Dropout dropout) {
        CudaTensor output = produce(writer, true, 1);
        append(new CudaDense(context, mode, name, place(), dense, rectifier, dropout, last, output), output);
    }

    private void addNormalization(Op.BatchNormalization op, String name, Op writer, CudaRectifier rectifier) {
        CudaTensor output = produce(writer, true, last.folded());
        append(new CudaBatchNormalization(context, mode, name, place(), op, rectifier, last, output), output);
    }

    private void addDropout(Op.Dropout op) {
        if (mode == CudaMode.INFERENCE
                || DropoutMask.of(context.trial().model(), op).threshold() == 0) {
            alias(last.as(slot(op)));
            return;
        }
        CudaTensor output = produce(op, last.hasGradient(), last.folded());
        append(new CudaDropout(context, place(), op, last, output), output);
    }

    private int place() {
        return layers.size();
    }

    private Slot slot(Op op) {
        return plan.slots().get(op.output());
    }

    private CudaTensor produce(Op writer, boolean wantsGradient, int folded) {
        return CudaTensor.of(
                slot(writer), plan.batch(), folded, context.format(), wantsGradient && mode == CudaMode.TRAINING);
    }

    private void append(CudaLayer layer, CudaTensor output) {
        layers.add(layer);
        alias(output);
    }

    private void alias(CudaTensor tensor) {
        tensors.add(tensor);
        last = tensor;
    }
}
