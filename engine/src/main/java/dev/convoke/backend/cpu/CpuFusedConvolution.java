package dev.convoke.backend.cpu;

import dev.convoke.kernels.Kernels;
import dev.convoke.plan.Op;
import dev.convoke.plan.WindowGeometry;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Convolution, ReLU and 2x2 max pooling by our own kernels in one pass. Only one of the four values of a window has a
 * gradient, and only where it is positive: the backward pass visits those alone.
 */
final class CpuFusedConvolution extends CpuLayer {
    private final WindowGeometry window;
    private final int threads;
    private final CpuMode mode;
    private final CpuScratch scratch;
    private final CpuBuffer codes; // [N, PH, PW, F]
    private final FloatPointer kernel;
    private final FloatPointer bias;
    private final FloatPointer kernelGradient;
    private final FloatPointer biasGradient;

    CpuFusedConvolution(
            CpuContext context, CpuMode mode, int place, Op.Convolution op, CpuTensor input, CpuTensor output) {
        super(place, input, output);
        this.mode = mode;
        window = op.window();
        threads = context.threads();
        scratch = context.engine()
                .scratch()
                .atLeast(Kernels.fusedConvolutionWorkspace(
                        input.batch(),
                        window.input().height(),
                        window.input().width(),
                        window.input().channels(),
                        window.output().channels(),
                        window.padTop(),
                        threads));
        kernel = context.parameters().of(op.kernel());
        bias = context.parameters().of(op.bias());
        kernelGradient = context.gradients().of(op.kernel());
        biasGradient = context.gradients().of(op.bias());
        codes = new CpuBuffer(op.name() + " codes", output.count());
        codes.usedForward(place);
        if (mode == CpuMode.TRAINING) {
            codes.usedBackward(place);
            input.values().usedBackward(place);
        }
    }

    /** Whether our kernels serve this group. */
    static boolean serves(Op.Convolution convolution, Op.Pooling pooling) {
        WindowGeometry window = convolution.window();
        WindowGeometry pool = pooling.window();
        boolean evenPadding = window.padTop() == window.padBottom()
                && window.padTop() == window.padLeft()
                && window.padTop() == window.padRight();
        boolean unpadded = pool.padTop() == 0 && pool.padLeft() == 0 && pool.padBottom() == 0 && pool.padRight() == 0;
        return pooling.kind() == Op.PoolingKind.MAXIMUM
                && evenPadding
                && unpadded
                && Kernels.fusedConvolutionSupports(
                                window.input().channels(),
                                window.output().channels(),
                                window.size(),
                                window.stride(),
                                window.padTop(),
                                pool.size(),
                                pool.stride())
                        != 0;
    }

    @Override
    List<CpuBuffer> buffers() {
        return List.of(codes);
    }

    @Override
    String forwardKernels() {
        int algorithm = Kernels.fusedConvolutionForwardAlgorithm(
                input().batch(),
                window.input().height(),
                window.input().width(),
                window.input().channels(),
                window.output().channels(),
                window.padTop());
        return CpuKernels.own(CpuKernels.fusedForward(algorithm) + " + ReLU + pooling");
    }

    @Override
    String backwardKernels() {
        return CpuKernels.own("sparse, over live windows");
    }

    @Override
    void forward() {
        Kernels.fusedConvolutionForward(
                input().data(),
                kernel,
                bias,
                input().batch(),
                window.input().height(),
                window.input().width(),
                window.input().channels(),
                window.output().channels(),
                window.padTop(),
                output().data(),
                mode == CpuMode.TRAINING ? codes.bytes() : null,
                scratch.bytes(),
                threads);
    }

    @Override
    void backward() {
        Kernels.fusedConvolutionBackwardWeights(
                input().data(),
                output().gradientData(),
                codes.bytes(),
                input().batch(),
                window.input().height(),
                window.input().width(),
                window.input().channels(),
                window.output().channels(),
                window.padTop(),
                kernelGradient,
                biasGradient,
                scratch.bytes(),
                threads);
        if (input().hasGradient()) {
            Kernels.fusedConvolutionBackwardData(
                    output().gradientData(),
                    codes.bytes(),
                    kernel,
                    input().batch(),
                    window.input().height(),
                    window.input().width(),
                    window.input().channels(),
                    window.output().channels(),
                    window.padTop(),
                    input().gradientData(),
                    scratch.bytes(),
                    threads);
        }
    }
}
