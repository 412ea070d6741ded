package dev.convoke.backend.cuda;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.cuda.cudnn.cudnnConvolutionBwdDataAlgoPerf_t;
import org.bytedeco.cuda.cudnn.cudnnConvolutionBwdFilterAlgoPerf_t;
import org.bytedeco.cuda.cudnn.cudnnConvolutionFwdAlgoPerf_t;
import org.bytedeco.cuda.cudnn.cudnnConvolutionStruct;
import org.bytedeco.cuda.global.cudnn;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** The algorithms that support a pass of a convolution, best first, by cuDNN's heuristics or measurements. */
@SuppressWarnings("deprecation") // cuDNN 9 calls these calls so, and has them throughout
final class CudnnCandidates {
    private static final int MOST = 16; // every algorithm, with tensor cores and without

    private final CudnnConvolution convolution;
    private final CudnnPass pass;
    private final cudnnConvolutionStruct descriptor;

    CudnnCandidates(CudnnConvolution convolution, CudnnPass pass) {
        this.convolution = convolution;
        this.pass = pass;
        descriptor = convolution.descriptor(pass);
    }

    /** In the order that cuDNN's heuristics give: the same for the same shape, device and version. */
    List<CudnnCandidate> expected() {
        return switch (pass) {
            case FORWARD ->
                forward(
                        "cudnnGetConvolutionForwardAlgorithm_v7",
                        (count, results) -> cudnn.cudnnGetConvolutionForwardAlgorithm_v7(
                                convolution.library().handle(),
                                convolution.x(),
                                convolution.w(),
                                descriptor,
                                convolution.y(),
                                MOST,
                                count,
                                results));
            case BACKWARD_DATA ->
                backwardData(
                        "cudnnGetConvolutionBackwardDataAlgorithm_v7",
                        (count, results) -> cudnn.cudnnGetConvolutionBackwardDataAlgorithm_v7(
                                convolution.library().handle(),
                                convolution.w(),
                                convolution.y(),
                                descriptor,
                                convolution.x(),
                                MOST,
                                count,
                                results));
            case BACKWARD_FILTER ->
                backwardFilter(
                        "cudnnGetConvolutionBackwardFilterAlgorithm_v7",
                        (count, results) -> cudnn.cudnnGetConvolutionBackwardFilterAlgorithm_v7(
                                convolution.library().handle(),
                                convolution.x(),
                                convolution.y(),
                                descriptor,
                                convolution.w(),
                                MOST,
                                count,
                                results));
        };
    }

    /** By the time that each took on the device; overwrites what the pass would set. */
    List<CudnnCandidate> measured(Pointer x, Pointer w, Pointer y, @Nullable Pointer workspace, long bytes) {
        return switch (pass) {
            case FORWARD ->
                forward(
                        "cudnnFindConvolutionForwardAlgorithmEx",
                        (count, results) -> cudnn.cudnnFindConvolutionForwardAlgorithmEx(
                                convolution.library().handle(),
                                convolution.x(),
                                x,
                                convolution.w(),
                                w,
                                descriptor,
                                convolution.y(),
                                y,
                                MOST,
                                count,
                                results,
                                workspace,
                                bytes));
            case BACKWARD_DATA ->
                backwardData(
                        "cudnnFindConvolutionBackwardDataAlgorithmEx",
                        (count, results) -> cudnn.cudnnFindConvolutionBackwardDataAlgorithmEx(
                                convolution.library().handle(),
                                convolution.w(),
                                w,
                                convolution.y(),
                                y,
                                descriptor,
                                convolution.x(),
                                x,
                                MOST,
                                count,
                                results,
                                workspace,
                                bytes));
            case BACKWARD_FILTER ->
                backwardFilter(
                        "cudnnFindConvolutionBackwardFilterAlgorithmEx",
                        (count, results) -> cudnn.cudnnFindConvolutionBackwardFilterAlgorithmEx(
                                convolution.library().handle(),
                                convolution.x(),
                                x,
                                convolution.y(),
                                y,
                                descriptor,
                                convolution.w(),
                                w,
                                MOST,
                                count,
                                results,
                                workspace,
                                bytes));
        };
    }

    private interface Query<R extends Pointer> {
        int ask(IntPointer count, R results);
    }

    // cuDNN has a separate struct for each pass, identical except for the type.
    private interface Reader<R extends Pointer> {
        Row read(R result);
    }

    private record Row(int status, int number, int math, int determinism, long workspace) {}

    private List<CudnnCandidate> forward(String call, Query<cudnnConvolutionFwdAlgoPerf_t> query) {
        return ask(
                call,
                new cudnnConvolutionFwdAlgoPerf_t(MOST),
                query,
                row -> new Row(row.status(), row.algo(), row.mathType(), row.determinism(), row.memory()));
    }

    private List<CudnnCandidate> backwardData(String call, Query<cudnnConvolutionBwdDataAlgoPerf_t> query) {
        return ask(
                call,
                new cudnnConvolutionBwdDataAlgoPerf_t(MOST),
                query,
                row -> new Row(row.status(), row.algo(), row.mathType(), row.determinism(), row.memory()));
    }

    private List<CudnnCandidate> backwardFilter(String call, Query<cudnnConvolutionBwdFilterAlgoPerf_t> query) {
        return ask(
                call,
                new cudnnConvolutionBwdFilterAlgoPerf_t(MOST),
                query,
                row -> new Row(row.status(), row.algo(), row.mathType(), row.determinism(), row.memory()));
    }

    private <R extends Pointer> List<CudnnCandidate> ask(String call, R results, Query<R> query, Reader<R> reader) {
        List<CudnnCandidate> found = new ArrayList<>();
        try (results;
                IntPointer count = new IntPointer(1)) {
            check(query.ask(count, results), call);
            for (int i = 0; i < count.get(); i++) {
                results.position(i);
                add(found, reader.read(results));
            }
            results.position(0);
        }
        return found;
    }

    private void add(List<CudnnCandidate> to, Row row) {
        CudnnAlgorithm algorithm = new CudnnAlgorithm(row.number(), row.math());
        if (row.status() == cudnn.CUDNN_STATUS_SUCCESS && convolution.keepsPrecision(algorithm)) {
            boolean reproducible = row.determinism() == cudnn.CUDNN_DETERMINISTIC && !isKnownToVary(row.number());
            to.add(new CudnnCandidate(algorithm, reproducible, row.workspace()));
        }
    }

    /** The algorithms that NVIDIA's guide to reproducible results excludes, whatever their flag says. */
    private boolean isKnownToVary(int number) {
        return switch (pass) {
            case FORWARD -> false;
            case BACKWARD_DATA -> number == cudnn.CUDNN_CONVOLUTION_BWD_DATA_ALGO_0;
            case BACKWARD_FILTER ->
                number == cudnn.CUDNN_CONVOLUTION_BWD_FILTER_ALGO_0
                        || number == cudnn.CUDNN_CONVOLUTION_BWD_FILTER_ALGO_3;
        };
    }

    private void check(int status, String call) {
        Cudnn.check(status, call, convolution.label());
    }
}
