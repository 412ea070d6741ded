package dev.convoke.backend.cuda;

import dev.convoke.backend.graph.Activations;
import dev.convoke.backend.graph.Mode;
import dev.convoke.backend.graph.Network;
import dev.convoke.model.Convolution;
import dev.convoke.model.WindowGeometry;
import dev.convoke.plan.FusedGroup;
import dev.convoke.plan.Op;
import dev.convoke.plan.Plan;
import dev.convoke.plan.Slot;
import java.util.List;

/**
 * The implementations of a convolution with ReLU and 2x2 max pooling: our own kernel for images with one channel, or
 * cuDNN's convolution and our pooling. If both are possible, the faster one is used.
 */
final class CudaPooledConvolution {
    /** The implementation of the group. */
    enum Way {
        OWN_KERNEL,
        LIBRARY_AND_OWN_POOLING
    }

    private final Plan plan;
    private final Mode mode;
    private final FusedGroup group;
    private final Convolution convolution;
    private final WindowGeometry window;

    CudaPooledConvolution(Plan plan, Mode mode, FusedGroup group) {
        this.plan = plan;
        this.mode = mode;
        this.group = group;
        convolution = (Convolution) group.first().layer();
        window = convolution.over(group.first().inputShape());
    }

    /** Whether there is a choice. */
    boolean servesOwnKernel(Activations input) {
        return CudaFirstConvolution.serves(convolution, window, input);
    }

    /** The faster way, measured; {@link #layer} makes it. */
    Way fasterWay(CudaKernelTuner tuner, Activations input) {
        String what =
                "convolution, ReLU and pooling of " + input.batch() + "x" + input.shape() + " to " + window.output();
        boolean own = tuner.firstIsFaster(
                what, mode, there -> alone(there, Way.OWN_KERNEL), there -> alone(there, Way.LIBRARY_AND_OWN_POOLING));
        return own ? Way.OWN_KERNEL : Way.LIBRARY_AND_OWN_POOLING;
    }

    private Network<CudaLayer> alone(CudaContext there, Way way) {
        Activations input = Activations.of(
                group.first().input(), plan.batch(), 1, there.format().bytes(), false);
        Activations output = activations(there, group.last());
        return new Network<>(plan, List.of(layer(there, way, 0, input, output)), List.of(input, output));
    }

    private Activations activations(CudaContext context, Op writer) {
        Slot slot = writer.output();
        boolean wantsGradient = mode == Mode.TRAINING && plan.needsGradient(slot);
        return Activations.of(slot, plan.batch(), 1, context.format().bytes(), wantsGradient);
    }

    CudaLayer layer(CudaContext context, Way way, int place, Activations input, Activations output) {
        if (way == Way.OWN_KERNEL) {
            return new CudaFirstConvolution(context, group.ops(), place, window, input, output);
        }
        Activations inner = activations(context, group.ops().get(1));
        return new CudaConvolutionPooling(context, group.ops(), place, input, inner, output);
    }
}
