package dev.convoke.backend.cuda;

import dev.convoke.backend.NamedTensors;
import dev.convoke.backend.Trace;
import dev.convoke.plan.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;

/**
 * Runs one training step layer by layer and copies every tensor as soon as it is there: its memory may serve another one
 * soon after.
 */
final class CudaTracer {
    private final CudaNetwork network;
    private final CudaContext context;
    private final CudaTransfer transfer;
    private final Map<String, Tensor> values = new HashMap<>();
    private final Map<String, Tensor> slopes = new HashMap<>();

    CudaTracer(CudaNetwork network, CudaContext context) {
        this.network = network;
        this.context = context;
        transfer = new CudaTransfer(context.queue());
    }

    /** Runs the step whose images and labels are loaded. */
    Trace run(CudaLoss loss, CudaOptimizer optimizer) {
        List<CudaLayer> layers = network.layers();
        takeValues(network.input().values());
        for (CudaLayer layer : layers) {
            layer.forward();
            takeValues(layer.output().values());
        }
        loss.train(network.logits());
        takeGradients(network.logits());
        for (int i = layers.size() - 1; i >= 0; i--) {
            layers.get(i).backward();
            takeGradients(layers.get(i).input());
        }
        optimizer.measurePenalty();
        context.state().fetch();
        context.queue().synchronize("a trace");
        NamedTensors parameterGradients = new NamedTensors();
        transfer.fetch(
                context.gradients(),
                (segment, gradient) -> parameterGradients.put(segment.segment().name(), gradient));
        return new Trace(
                context.state().sums().dataLoss() / network.batch(),
                optimizer.penalty(),
                ordered(values),
                ordered(slopes),
                parameterGradients);
    }

    private void takeValues(CudaBuffer written) {
        for (CudaTensor tensor : network.tensors()) {
            if (tensor.values() == written) {
                take(values, tensor, tensor.data());
            }
        }
    }

    private void takeGradients(CudaTensor written) {
        for (CudaTensor tensor : network.tensors()) {
            if (tensor.hasGradient() && written.hasGradient() && tensor.gradient() == written.gradient()) {
                take(slopes, tensor, tensor.gradientData());
            }
        }
    }

    private void take(Map<String, Tensor> into, CudaTensor tensor, Pointer source) {
        into.put(tensor.slot().name(), transfer.fetch(tensor, source));
    }

    private NamedTensors ordered(Map<String, Tensor> taken) {
        NamedTensors ordered = new NamedTensors();
        for (CudaTensor tensor : network.tensors()) {
            Tensor found = taken.get(tensor.slot().name());
            if (found != null) {
                ordered.put(tensor.slot().name(), found);
            }
        }
        return ordered;
    }
}
