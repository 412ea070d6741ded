package dev.convoke.backend.cuda;

import dev.convoke.backend.DropoutMask;
import dev.convoke.backend.Execution.KernelChoice;
import dev.convoke.backend.graph.Activations;
import dev.convoke.backend.graph.Mode;
import dev.convoke.backend.graph.Network;
import dev.convoke.backend.graph.NetworkBuilder;
import dev.convoke.backend.graph.PoolingKind;
import dev.convoke.model.Activation;
import dev.convoke.model.Add;
import dev.convoke.model.AveragePooling;
import dev.convoke.model.BatchNormalization;
import dev.convoke.model.Concatenate;
import dev.convoke.model.Convolution;
import dev.convoke.model.Dense;
import dev.convoke.model.Dropout;
import dev.convoke.model.Flatten;
import dev.convoke.model.GlobalAveragePooling;
import dev.convoke.model.GlobalMaxPooling;
import dev.convoke.model.Layer;
import dev.convoke.model.MaxPooling;
import dev.convoke.model.WindowGeometry;
import dev.convoke.plan.FusedGroup;
import dev.convoke.plan.Op;
import dev.convoke.plan.Plan;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Selects the GPU kernels for each group of a plan. */
final class CudaNetworkBuilder extends NetworkBuilder<CudaLayer> {
    private final CudaContext context;
    private final CudaKernelTuner tuner;

    private CudaNetworkBuilder(CudaContext context, CudaKernelTuner tuner, Plan plan, Mode mode) {
        super(plan, mode, context.format().bytes());
        this.context = context;
        this.tuner = tuner;
    }

    /** @param tuner decides where two ways serve a group */
    static Network<CudaLayer> build(CudaContext context, CudaKernelTuner tuner, Plan plan, Mode mode) {
        return new CudaNetworkBuilder(context, tuner, plan, mode).build();
    }

    private KernelChoice kernels() {
        return context.execution().kernels();
    }

    @Override
    protected boolean serve(FusedGroup group) {
        Op first = group.first();
        return switch (group.kind()) {
            case CONVOLUTION_ACTIVATION_POOLING -> {
                servePooled(group);
                yield true;
            }
            case CONVOLUTION_ACTIVATION -> {
                serveConvolution(group.ops());
                yield true;
            }
            case DENSE_ACTIVATION_DROPOUT, DENSE_ACTIVATION -> {
                Activations input = read(first).get(0);
                append(new CudaDense(
                        context,
                        group.ops(),
                        place(),
                        CudaReluFusion.RELU,
                        drop(group.last()),
                        input,
                        produce(group.last().output())));
                yield true;
            }
            case NORMALIZATION_ACTIVATION -> {
                Activations input = read(first).get(0);
                append(new CudaBatchNormalization(
                        context,
                        mode(),
                        group.ops(),
                        place(),
                        CudaReluFusion.RELU,
                        input,
                        produce(group.last().output())));
                yield true;
            }
            case ADD_ACTIVATION -> {
                List<Activations> inputs = read(first);
                Activations output = produceSum(group.last().output(), inputs);
                append(new CudaAdd(context, group.ops(), place(), CudaReluFusion.RELU, inputs, output));
                yield true;
            }
            case SINGLE -> false;
        };
    }

    private void serveConvolution(List<Op> ops) {
        Activations input = read(ops.get(0)).get(0);
        Activations output = produce(ops.get(ops.size() - 1).output());
        append(new CudaConvolution(context, ops, place(), CudaReluFusion.RELU, input, output));
    }

    private void servePooled(FusedGroup group) {
        Op pooling = group.last();
        if (kernels() == KernelChoice.LIBRARY
                || !CudaConvolutionPooling.serves(pooling.layer(), pooling.inputShape())) {
            serveConvolution(group.ops().subList(0, 2));
            append(layer(pooling, read(pooling), produce(pooling.output())));
            return;
        }
        Activations input = read(group.first()).get(0);
        CudaPooledConvolution ways = new CudaPooledConvolution(plan(), mode(), group);
        CudaPooledConvolution.Way way = CudaPooledConvolution.Way.LIBRARY_AND_OWN_POOLING;
        if (ways.servesOwnKernel(input)) {
            way = kernels() == KernelChoice.OWN ? CudaPooledConvolution.Way.OWN_KERNEL : ways.fasterWay(tuner, input);
        }
        append(ways.layer(context, way, place(), input, produce(pooling.output())));
    }

    /** The dropout that ends a group, if it drops anything. */
    private CudaDense.@Nullable Drop drop(Op last) {
        return last.layer() instanceof Dropout dropout && !dropsNothing(dropout)
                ? new CudaDense.Drop(last.ordinal(), DropoutMask.of(dropout.rate()))
                : null;
    }

    @Override
    protected CudaLayer layer(Op op, List<Activations> inputs, Activations output) {
        return op.layer().accept(new Single(op, inputs, output));
    }

    @Override
    protected CudaLayer sum(Activations source, List<Activations> branches) {
        return new CudaSum(context, place(), source, branches);
    }

    @Override
    protected CudaLayer reorder(Activations folded, Activations canonical) {
        return new CudaReorder(context, place(), folded, canonical);
    }

    /** The layer of a single op. */
    private final class Single implements Layer.Visitor<CudaLayer> {
        private final Op op;
        private final List<Activations> inputs;
        private final Activations output;

        Single(Op op, List<Activations> inputs, Activations output) {
            this.op = op;
            this.inputs = inputs;
            this.output = output;
        }

        private Activations input() {
            return inputs.get(0);
        }

        @Override
        public CudaLayer visit(Convolution layer) {
            return new CudaConvolution(context, List.of(op), place(), CudaReluFusion.NONE, input(), output);
        }

        @Override
        public CudaLayer visit(Dense layer) {
            return new CudaDense(context, List.of(op), place(), CudaReluFusion.NONE, null, input(), output);
        }

        @Override
        public CudaLayer visit(BatchNormalization layer) {
            return new CudaBatchNormalization(
                    context, mode(), List.of(op), place(), CudaReluFusion.NONE, input(), output);
        }

        @Override
        public CudaLayer visit(MaxPooling layer) {
            return pooling(PoolingKind.MAXIMUM, layer.over(op.inputShape()));
        }

        @Override
        public CudaLayer visit(AveragePooling layer) {
            return pooling(PoolingKind.AVERAGE, layer.over(op.inputShape()));
        }

        private CudaLayer pooling(PoolingKind kind, WindowGeometry window) {
            return kernels() == KernelChoice.LIBRARY && CudaLibraryPooling.serves(window)
                    ? new CudaLibraryPooling(context, place(), op, kind, window, input(), output)
                    : new CudaPooling(context, place(), op, kind, window, input(), output);
        }

        @Override
        public CudaLayer visit(GlobalMaxPooling layer) {
            return new CudaGlobalPooling(context, place(), op, PoolingKind.MAXIMUM, input(), output);
        }

        @Override
        public CudaLayer visit(GlobalAveragePooling layer) {
            return new CudaGlobalPooling(context, place(), op, PoolingKind.AVERAGE, input(), output);
        }

        @Override
        public CudaLayer visit(Dropout layer) {
            return new CudaDropout(context, place(), op, layer, input(), output);
        }

        @Override
        public CudaLayer visit(Activation layer) {
            return new CudaActivation(context, place(), op, layer, input(), output);
        }

        @Override
        public CudaLayer visit(Add layer) {
            return new CudaAdd(context, List.of(op), place(), CudaReluFusion.NONE, inputs, output);
        }

        @Override
        public CudaLayer visit(Concatenate layer) {
            return new CudaConcatenate(context, place(), op, inputs, output);
        }

        @Override
        public CudaLayer visit(Flatten layer) {
            throw new IllegalStateException(op.name() + " needs no layer: a flatten moves nothing");
        }
    }
}
