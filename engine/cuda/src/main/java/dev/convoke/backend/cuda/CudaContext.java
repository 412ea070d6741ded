package dev.convoke.backend.cuda;

import dev.convoke.backend.Execution;
import dev.convoke.backend.TrialSpec;
import dev.convoke.backend.graph.Arena;
import dev.convoke.backend.graph.Arenas;
import org.bytedeco.cuda.cudart.CUstream_st;

/**
 * What the layers of one session share.
 *
 * @param resources memory and stream
 * @param cudnn the session's cuDNN
 * @param cublas the session's cublasLt
 * @param execution precision, choice of kernels and algorithms
 * @param trial seed and update rule
 * @param parameters what the optimizer updates
 * @param arenas parameters, gradients, statistics, optimizer state
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
        Arenas arenas,
        CudaStepState state,
        CudaScratch scratch) {

    /** A copy with its own stream, libraries and working memory. */
    CudaContext on(CudaResources own, CudaScratch working) {
        return new CudaContext(
                own,
                new Cudnn(own),
                new CublasLt(own, execution.precision()),
                execution,
                trial,
                parameters,
                arenas,
                state,
                working);
    }

    /** Of the mean data loss, in the layout of the parameters. */
    Arena gradients() {
        return arenas.gradients();
    }

    /** Running statistics of batch normalization. */
    Arena statistics() {
        return arenas.statistics();
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
