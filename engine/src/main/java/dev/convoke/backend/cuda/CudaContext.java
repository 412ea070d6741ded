package dev.convoke.backend.cuda;

import dev.convoke.backend.Execution;
import dev.convoke.backend.TrialSpec;
import org.bytedeco.cuda.cudart.CUstream_st;

/**
 * What the layers of one session share.
 *
 * @param resources memory and stream
 * @param cudnn the session's cuDNN
 * @param cublas the session's cublasLt
 * @param execution precision, choice of kernels and algorithms
 * @param trial dropout rates, penalties, seed
 * @param parameters what the optimizer updates
 * @param gradients of the mean data loss, in the layout of the parameters
 * @param statistics running statistics of batch normalization
 * @param state what changes from step to step
 * @param scratch working memory
 */
record CudaContext(
        CudaResources resources,
        Cudnn cudnn,
        CublasLt cublas,
        Execution execution,
        TrialSpec trial,
        CudaParameters parameters,
        CudaArena gradients,
        CudaArena statistics,
        CudaStepState state,
        CudaScratch scratch) {

    /** The same trial elsewhere: with a stream, libraries and working memory of its own. */
    CudaContext on(CudaResources own, CudaScratch working) {
        return new CudaContext(
                own,
                new Cudnn(own),
                new CublasLt(own, execution.precision()),
                execution,
                trial,
                parameters,
                gradients,
                statistics,
                state,
                working);
    }

    CudaStream queue() {
        return resources.stream();
    }

    /** The stream as our kernels take it. */
    CUstream_st stream() {
        return resources.stream().handle();
    }

    CudaFormat format() {
        return CudaFormat.of(execution.precision());
    }
}
