package dev.convoke.backend.cuda;

import dev.convoke.plan.FusedGroup;
import dev.convoke.plan.Op;
import dev.convoke.plan.Plan;
import java.util.List;

/**
 * The ways to serve a convolution with ReLU and 2x2 max pooling: our own kernel for a picture's single channel, or cuDNN's
 * convolution and our pooling. Where both serve, the faster one does.
 */
final class CudaPooledConvolution {
    /** How the group is served. */
    enum Way {
        OWN_KERNEL,
        LIBRARY_AND_OWN_POOLING
    }

    private final Plan plan;
    private final CudaMode mode;
    private final FusedGroup group;
    private final Op.Convolution convolution;

    CudaPooledConvolution(Plan plan, CudaMode mode, FusedGroup group) {
        this.plan = plan;
        this.mode = mode;
        this.group = group;
        convolution = (Op.Convolution) group.first();
    }

    /** The faster way, measured; {@link #layer} makes it. */
    Way fasterWay(CudaRace race, CudaTensor input) {
        String what = "convolution, ReLU and pooling of " + input.batch() + "x" + input.shape() + " to "
                + convolution.window().output();
        boolean own = race.firstWins(
                what, mode, there -> alone(there, Way.OWN_KERNEL), there -> alone(there, Way.LIBRARY_AND_OWN_POOLING));
        return own ? Way.OWN_KERNEL : Way.LIBRARY_AND_OWN_POOLING;
    }

    private CudaNetwork alone(CudaContext there, Way way) {
        CudaTensor input = CudaTensor.of(plan.slots().get(convolution.input()), plan.batch(), 1, there.format(), false);
        CudaTensor output = tensor(there, group.last());
        return new CudaNetwork(plan, List.of(layer(there, way, 0, input, output)), List.of(input, output));
    }

    CudaTensor output(CudaContext context) {
        return tensor(context, group.last());
    }

    private CudaTensor tensor(CudaContext context, Op writer) {
        return CudaTensor.of(
                plan.slots().get(writer.output()), plan.batch(), 1, context.format(), mode == CudaMode.TRAINING);
    }

    CudaLayer layer(CudaContext context, Way way, int place, CudaTensor input, CudaTensor output) {
        if (way == Way.OWN_KERNEL) {
            return new CudaFirstConvolution(context, mode, group.name(), place, convolution, input, output);
        }
        CudaTensor inner = tensor(context, group.ops().get(1));
        return new CudaConvolutionPooling(context, mode, group.name(), place, convolution, input, inner, output);
    }
}
