package dev.convoke.backend.cuda;

import dev.convoke.kernels.CudaKernels;
import dev.convoke.plan.Op;
import dev.convoke.plan.WindowGeometry;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** The three products of a convolution between two tensors, by cuDNN, and the gradient of its bias. */
final class CudaConvolutionPasses {
    private final CudaContext context;
    private final CudaMode mode;
    private final Op.Convolution op;
    private final CudaTensor input;
    private final CudaTensor output; // before any pooling
    private final CudnnConvolution convolution;
    private final @Nullable CudaPadding padding;
    private final @Nullable CudaBuffer kernelGradient; // [F, S, S, C], where products are not float32

    CudaConvolutionPasses(
            CudaContext context, CudaMode mode, int place, Op.Convolution op, CudaTensor input, CudaTensor output) {
        this.context = context;
        this.mode = mode;
        this.op = op;
        this.input = input;
        this.output = output;
        padding = CudaPadding.isNeeded(op.window())
                ? new CudaPadding(context, mode, place, op.name(), op.window(), input)
                : null;
        convolution = new CudnnConvolution(
                context.cudnn(), op.name(), context.execution().precision(), shape());
        boolean trains = mode == CudaMode.TRAINING;
        kernelGradient = trains && context.format() != CudaFormat.FLOAT32
                ? new CudaBuffer(
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

    private CudnnConvolution.Shape shape() {
        WindowGeometry window = op.window();
        return new CudnnConvolution.Shape(
                input.batch(),
                window.input().channels(),
                padding == null ? window.input().height() : padding.height(),
                padding == null ? window.input().width() : padding.width(),
                window.output().channels(),
                window.output().height(),
                window.output().width(),
                window.size(),
                window.stride(),
                padding == null ? window.padTop() : 0,
                padding == null ? window.padLeft() : 0);
    }

    List<CudaBuffer> buffers() {
        List<CudaBuffer> buffers = new ArrayList<>(padding == null ? List.of() : padding.buffers());
        if (kernelGradient != null) {
            buffers.add(kernelGradient);
        }
        return buffers;
    }

    void choose(CudaChooser chooser) {
        chooser.choose(convolution, CudnnPass.FORWARD, source(), kernel(), output.data());
        if (mode == CudaMode.TRAINING) {
            Pointer dy = output.gradientData();
            chooser.choose(convolution, CudnnPass.BACKWARD_FILTER, source(), filterTarget(), dy);
            if (input.hasGradient()) {
                chooser.choose(convolution, CudnnPass.BACKWARD_DATA, sourceGradient(), kernel(), dy);
            }
        }
    }

    private Pointer source() {
        return padding == null ? input.data() : padding.values().data();
    }

    private Pointer sourceGradient() {
        return padding == null ? input.gradientData() : padding.gradient().data();
    }

    private Pointer kernel() {
        return context.parameters().forProducts(op.kernel());
    }

    private Pointer filterTarget() {
        return kernelGradient == null ? context.gradients().of(op.kernel()) : kernelGradient.data();
    }

    /** The product without its bias. */
    void forward() {
        fill();
        convolution.forward(source(), kernel(), output.data());
    }

    /** Product, bias and ReLU, in float32; false where cuDNN does not serve that. */
    boolean forwardRectified() {
        fill();
        return convolution.forwardRectified(
                source(), kernel(), context.parameters().of(op.bias()), output.data());
    }

    private void fill() {
        if (padding != null) {
            padding.fill();
        }
    }

    /** From the gradient of the product to those of bias, kernel and, where that is wanted, the input. */
    void backward() {
        sumBias();
        backwardProducts();
    }

    private void sumBias() {
        CudaRuntime.check(
                CudaKernels.columnSums(
                        output.format().code(),
                        output.gradientData(),
                        output.rows(),
                        output.shape().channels(),
                        context.gradients().of(op.bias()),
                        context.scratch().data(),
                        context.state().device(),
                        context.stream()),
                "convoke_cuda_column_sums",
                op.name());
    }

    /** As {@link #backward}, without the bias. */
    void backwardProducts() {
        Pointer dy = output.gradientData();
        convolution.backwardFilter(source(), dy, filterTarget());
        if (kernelGradient != null) {
            CudaRuntime.check(
                    CudaKernels.cast(
                            context.format().code(),
                            kernelGradient.data(),
                            CudaKernels.FLOAT32,
                            context.gradients().of(op.kernel()),
                            op.kernel().size(),
                            context.stream()),
                    "convoke_cuda_cast",
                    op.name());
        }
        if (input.hasGradient()) {
            convolution.backwardData(kernel(), dy, sourceGradient());
            if (padding != null) {
                padding.giveBack();
            }
        }
    }
}
