package dev.convoke.backend.cuda;

import dev.convoke.backend.graph.Activations;
import dev.convoke.backend.graph.Buffer;
import dev.convoke.kernels.CudaKernels;
import dev.convoke.model.Convolution;
import dev.convoke.model.WindowGeometry;
import dev.convoke.plan.Op;
import dev.convoke.plan.Segment;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * The three products of a convolution between two tensors, by cuDNN, and the gradient of its bias. What is frozen gets no
 * gradient.
 */
final class CudaConvolutionPasses {
    private final CudaContext context;
    private final Op op;
    private final Activations input;
    private final Activations output; // before any pooling
    private final boolean trains; // whether gradients of kernel and bias are needed
    private final CudnnConvolution convolution;
    private final @Nullable CudaPadding padding;
    private final @Nullable Buffer kernelGradient; // [F, rows, columns, C], where products are not float32

    CudaConvolutionPasses(CudaContext context, int place, Op op, Activations input, Activations output) {
        this.context = context;
        this.op = op;
        this.input = input;
        this.output = output;
        trains = output.hasGradient() && op.isTrained();
        Convolution layer = (Convolution) op.layer();
        WindowGeometry window = layer.over(op.inputShape());
        padding =
                CudaPadding.isNeeded(window) ? new CudaPadding(context, place, op.name(), window, input, trains) : null;
        convolution = new CudnnConvolution(
                context.cudnn(),
                op.name(),
                context.execution().precision(),
                shape(window, layer.groups(op.inputShape().channels())));
        kernelGradient = trains && context.format() != CudaFormat.FLOAT32
                ? new Buffer(
                                op.name() + " kernel gradient",
                                (long) op.kernel().size() * context.format().bytes())
                        .usedBackward(place)
                : null;
        if (trains) {
            context.scratch()
                    .atLeast(CudaKernels.columnSumsWorkspaceBytes(
                            output.rows(), output.shape().channels()));
            if (padding == null) {
                input.values().usedBackward(place);
            }
        }
    }

    private CudnnConvolution.Shape shape(WindowGeometry window, int groups) {
        return new CudnnConvolution.Shape(
                input.batch(),
                window.input().channels(),
                padding == null ? window.input().height() : padding.height(),
                padding == null ? window.input().width() : padding.width(),
                window.output().channels(),
                window.output().height(),
                window.output().width(),
                groups,
                window.size(),
                window.stride(),
                window.dilation(),
                padding == null ? window.padTop() : 0,
                padding == null ? window.padLeft() : 0);
    }

    List<Buffer> buffers() {
        List<Buffer> buffers = new ArrayList<>(padding == null ? List.of() : padding.buffers());
        if (kernelGradient != null) {
            buffers.add(kernelGradient);
        }
        return buffers;
    }

    void choose(CudaAlgorithmSelector selector) {
        selector.choose(convolution, CudnnPass.FORWARD, source(), kernel(), output.data());
        if (trains) {
            selector.choose(convolution, CudnnPass.BACKWARD_FILTER, source(), filterTarget(), output.gradientData());
        }
        if (input.hasGradient()) {
            selector.choose(convolution, CudnnPass.BACKWARD_DATA, sourceGradient(), kernel(), output.gradientData());
        }
    }

    /** Description of the kernels of {@link #backward}. */
    String backwardKernels() {
        return trains && op.bias() != null ? "ours: sums; cuDNN" : "cuDNN";
    }

    private Pointer source() {
        return padding == null ? input.data() : padding.values().bytes();
    }

    private Pointer sourceGradient() {
        return padding == null ? input.gradientData() : padding.gradient().bytes();
    }

    private Pointer kernel() {
        return context.parameters().forProducts(op.kernel());
    }

    private Pointer filterTarget() {
        return kernelGradient == null ? context.gradients().of(op.kernel()) : kernelGradient.bytes();
    }

    /** The product without its bias. */
    void forward() {
        fill();
        convolution.forward(source(), kernel(), output.data());
    }

    /** Product, bias and ReLU, in float32; false if there is no bias, or cuDNN does not support it. */
    boolean forwardRectified() {
        Segment bias = op.bias();
        if (bias == null) {
            return false;
        }
        fill();
        return convolution.forwardRectified(
                source(), kernel(), context.parameters().of(bias), output.data());
    }

    private void fill() {
        if (padding != null) {
            padding.fill();
        }
    }

    /** From the gradient of the product to those of bias, kernel and, if it is needed, the input. */
    void backward() {
        Segment bias = op.bias();
        if (trains && bias != null) {
            sumBias(bias);
        }
        backwardProducts();
    }

    private void sumBias(Segment bias) {
        CudaRuntime.check(
                CudaKernels.columnSums(
                        context.format().code(),
                        output.gradientData(),
                        output.rows(),
                        output.shape().channels(),
                        context.gradients().of(bias),
                        context.scratch().data(),
                        context.state().device(),
                        context.stream()),
                "convoke_cuda_column_sums",
                op.name());
    }

    /** As {@link #backward}, without the bias. */
    void backwardProducts() {
        Pointer dy = output.gradientData();
        if (trains) {
            convolution.backwardFilter(source(), dy, filterTarget());
            if (kernelGradient != null) {
                widen(kernelGradient);
            }
        }
        if (input.hasGradient()) {
            convolution.backwardData(kernel(), dy, sourceGradient());
            if (padding != null) {
                padding.giveBack();
            }
        }
    }

    private void widen(Buffer narrow) {
        CudaRuntime.check(
                CudaKernels.cast(
                        context.format().code(),
                        narrow.bytes(),
                        CudaKernels.FLOAT32,
                        context.gradients().of(op.kernel()),
                        op.kernel().size(),
                        context.stream()),
                "convoke_cuda_cast",
                op.name());
    }
}
