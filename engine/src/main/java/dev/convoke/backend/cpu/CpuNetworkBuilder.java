package dev.convoke.backend.cpu;

import dev.convoke.backend.DropoutMask;
import dev.convoke.backend.Execution.KernelChoice;
import dev.convoke.model.ActivationFunction;
import dev.convoke.plan.FusedGroup;
import dev.convoke.plan.Op;
import dev.convoke.plan.Plan;
import dev.convoke.plan.Precision;
import dev.convoke.plan.Slot;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns the groups of a plan into layers, and decides which kernels serve each. */
final class CpuNetworkBuilder {
    private final CpuContext context;
    private final Plan plan;
    private final CpuMode mode;
    private final boolean split;
    private final List<CpuLayer> layers = new ArrayList<>();
    private final List<CpuTensor> tensors = new ArrayList<>();
    private CpuTensor last;

    private CpuNetworkBuilder(CpuContext context, Plan plan, CpuMode mode) {
        this.context = context;
        this.plan = plan;
        this.mode = mode;
        split = ownKernels() && plan.groups().stream().allMatch(CpuNetworkBuilder::splits);
        last = CpuTensor.of(plan.slots().get(0), plan.batch(), 1, false);
        tensors.add(last);
    }

    static CpuNetwork build(CpuContext context, Plan plan, CpuMode mode) {
        CpuNetworkBuilder builder = new CpuNetworkBuilder(context, plan, mode);
        plan.groups().forEach(builder::add);
        return new CpuNetwork(plan, builder.layers, builder.tensors, builder.split);
    }

    // A network that needs oneDNN anywhere runs op by op: two pools of threads would stand in each other's way.
    private static boolean splits(FusedGroup group) {
        return switch (group.kind()) {
            case CONVOLUTION_ACTIVATION_POOLING ->
                isRectified(group)
                        && CpuFusedConvolution.serves((Op.Convolution) group.first(), (Op.Pooling) group.last());
            case CONVOLUTION_ACTIVATION -> false;
            case DENSE_ACTIVATION_DROPOUT, DENSE_ACTIVATION, NORMALIZATION_ACTIVATION -> true;
            case SINGLE -> !(group.first() instanceof Op.Convolution);
        };
    }

    private void add(FusedGroup group) {
        if (!isRectified(group)) {
            group.ops().forEach(this::addSingle);
            return;
        }
        Op first = group.first();
        switch (group.kind()) {
            case CONVOLUTION_ACTIVATION_POOLING -> addPooled((Op.Convolution) first, group);
            case CONVOLUTION_ACTIVATION -> addConvolution((Op.Convolution) first, group.last(), CpuRectifier.MASKS);
            case DENSE_ACTIVATION_DROPOUT -> addDroppedDense((Op.Dense) first, (Op.Dropout) group.last());
            case DENSE_ACTIVATION -> {
                CpuTensor output = produce(group.last(), true, 1);
                append(dense((Op.Dense) first, CpuRectifier.MASKS, null, output), output);
            }
            case NORMALIZATION_ACTIVATION ->
                addNormalization((Op.BatchNormalization) first, group.last(), CpuRectifier.MASKS);
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
            addConvolution(convolution, op, CpuRectifier.NONE);
        } else if (op instanceof Op.Pooling pooling) {
            CpuTensor output = produce(op, last.hasGradient(), last.folded());
            append(new CpuPooling(context, place(), pooling, last, output), output);
        } else if (op instanceof Op.BatchNormalization normalization) {
            addNormalization(normalization, op, CpuRectifier.NONE);
        } else if (op instanceof Op.Dense dense) {
            CpuTensor output = produce(op, true, 1);
            append(dense(dense, CpuRectifier.NONE, null, output), output);
        } else if (op instanceof Op.Dropout dropout) {
            addDropout(dropout);
        } else if (op instanceof Op.Activation activation) {
            CpuTensor output = produce(op, last.hasGradient(), last.folded());
            append(new CpuActivation(context, place(), activation, last, output), output);
        } else if (op instanceof Op.Flatten) {
            alias(last.flattened(slot(op)));
        } else {
            throw new AssertionError(op);
        }
    }

    private void addConvolution(Op.Convolution op, Op writer, CpuRectifier rectifier) {
        CpuTensor output = produce(writer, true, 1);
        append(new CpuConvolution(context, mode, place(), op, rectifier, last, output), output);
    }

    private void addPooled(Op.Convolution convolution, FusedGroup group) {
        Op.Pooling pooling = (Op.Pooling) group.last();
        if (ownKernels() && CpuFusedConvolution.serves(convolution, pooling)) {
            CpuTensor output = produce(pooling, true, 1);
            append(fused(convolution, output), output);
        } else if (pooling.kind() == Op.PoolingKind.MAXIMUM) {
            CpuTensor inner = produce(group.ops().get(1), true, 1);
            CpuTensor output = produce(pooling, true, 1);
            append(
                    new CpuConvolutionPooling(context, mode, place(), convolution, pooling, last, inner, output),
                    output);
        } else {
            addConvolution(convolution, group.ops().get(1), CpuRectifier.MASKS);
            addSingle(pooling);
        }
    }

    // Wherever both serve a group ours are faster, about four to seven times a step of the base model, with AVX-512,
    // AVX2 or neither. They compute in float32.
    private boolean ownKernels() {
        return context.execution().kernels() != KernelChoice.LIBRARY
                && context.execution().precision() == Precision.FLOAT32;
    }

    private void addDroppedDense(Op.Dense dense, Op.Dropout dropout) {
        CpuTensor output = produce(dropout, true, 1);
        append(dense(dense, CpuRectifier.MASKS, dropout, output), output);
    }

    private CpuLayer dense(Op.Dense op, CpuRectifier rectifier, Op.@Nullable Dropout dropout, CpuTensor output) {
        return split
                ? new CpuSparseDense(context, mode, place(), op, rectifier, dropout, last, output)
                : new CpuDense(context, mode, place(), op, rectifier, dropout, last, output);
    }

    private CpuLayer fused(Op.Convolution op, CpuTensor output) {
        return split
                ? new CpuSplitConvolution(context, mode, place(), op, last, output)
                : new CpuFusedConvolution(context, mode, place(), op, last, output);
    }

    private void addNormalization(Op.BatchNormalization op, Op writer, CpuRectifier rectifier) {
        CpuTensor output = produce(writer, true, last.folded());
        append(new CpuBatchNormalization(context, mode, place(), op, rectifier, last, output), output);
    }

    private void addDropout(Op.Dropout op) {
        if (mode == CpuMode.INFERENCE
                || DropoutMask.of(context.trial().model(), op).threshold() == 0) {
            alias(last.as(slot(op)));
            return;
        }
        CpuTensor output = produce(op, last.hasGradient(), last.folded());
        append(new CpuDropout(context, place(), op, last, output), output);
    }

    private int place() {
        return layers.size();
    }

    private Slot slot(Op op) {
        return plan.slots().get(op.output());
    }

    private CpuTensor produce(Op writer, boolean wantsGradient, int folded) {
        return CpuTensor.of(slot(writer), plan.batch(), folded, wantsGradient && mode == CpuMode.TRAINING);
    }

    private void append(CpuLayer layer, CpuTensor output) {
        layers.add(layer);
        alias(output);
    }

    private void alias(CpuTensor tensor) {
        tensors.add(tensor);
        last = tensor;
    }
}
