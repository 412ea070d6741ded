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

/** Turns the groups of a plan into layers, and decides which kernels serve each. */
final class CudaNetworkBuilder {
    private final CudaContext context;
    private final Plan plan;
    private final CudaMode mode;
    private final List<CudaLayer> layers = new ArrayList<>();
    private final List<CudaTensor> tensors = new ArrayList<>();
    private CudaTensor last;

    private CudaNetworkBuilder(CudaContext context, Plan plan, CudaMode mode) {
        this.context = context;
        this.plan = plan;
        this.mode = mode;
        last = CudaTensor.of(plan.slots().get(0), plan.batch(), 1, false);
        tensors.add(last);
    }

    static CudaNetwork build(CudaContext context, Plan plan, CudaMode mode) {
        CudaNetworkBuilder builder = new CudaNetworkBuilder(context, plan, mode);
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
            case CONVOLUTION_ACTIVATION -> addConvolution((Op.Convolution) first, group.last(), CudaRectifier.MASKS);
            case DENSE_ACTIVATION_DROPOUT -> addDroppedDense((Op.Dense) first, (Op.Dropout) group.last());
            case DENSE_ACTIVATION -> {
                CudaTensor output = produce(group.last(), true, 1);
                append(
                        new CudaDense(context, mode, place(), (Op.Dense) first, CudaRectifier.MASKS, null, last, output),
                        output);
            }
            case NORMALIZATION_ACTIVATION ->
                addNormalization((Op.BatchNormalization) first, group.last(), CudaRectifier.MASKS);
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
            addConvolution(convolution, op, CudaRectifier.NONE);
        } else if (op instanceof Op.Pooling pooling) {
            CudaTensor output = produce(op, last.hasGradient(), last.folded());
            append(new CudaPooling(context, place(), pooling, last, output), output);
        } else if (op instanceof Op.BatchNormalization normalization) {
            addNormalization(normalization, op, CudaRectifier.NONE);
        } else if (op instanceof Op.Dense dense) {
            CudaTensor output = produce(op, true, 1);
            append(new CudaDense(context, mode, place(), dense, CudaRectifier.NONE, null, last, output), output);
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

    private void addConvolution(Op.Convolution op, Op writer, CudaRectifier rectifier) {
        CudaTensor output = produce(writer, true, 1);
        append(new CudaConvolution(context, mode, place(), op, rectifier, last, output), output);
    }

    private void addPooled(Op.Convolution convolution, FusedGroup group) {
        Op.Pooling pooling = (Op.Pooling) group.last();
        if (ownKernels() && CudaFusedConvolution.serves(convolution, pooling)) {
            CudaTensor output = produce(pooling, true, 1);
            append(new CudaFusedConvolution(context, mode, place(), convolution, last, output), output);
        } else if (pooling.kind() == Op.PoolingKind.MAXIMUM) {
            CudaTensor inner = produce(group.ops().get(1), true, 1);
            CudaTensor output = produce(pooling, true, 1);
            append(
                    new CudaConvolutionPooling(context, mode, place(), convolution, pooling, last, inner, output),
                    output);
        } else {
            addConvolution(convolution, group.ops().get(1), CudaRectifier.MASKS);
            addSingle(pooling);
        }
    }

    // Wherever both serve a group ours are faster, about four to seven times a step of the base model, with AVX-512,
    // AVX2 or neither.
    private boolean ownKernels() {
        return context.execution().kernels() != KernelChoice.LIBRARY;
    }

    private void addDroppedDense(Op.Dense dense, Op.Dropout dropout) {
        CudaTensor output = produce(dropout, true, 1);
        append(new CudaDense(context, mode, place(), dense, CudaRectifier.MASKS, dropout, last, output), output);
    }

    private void addNormalization(Op.BatchNormalization op, Op writer, CudaRectifier rectifier) {
        CudaTensor output = produce(writer, true, last.folded());
        append(new CudaBatchNormalization(context, mode, place(), op, rectifier, last, output), output);
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
        return CudaTensor.of(slot(writer), plan.batch(), folded, wantsGradient && mode == CudaMode.TRAINING);
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
