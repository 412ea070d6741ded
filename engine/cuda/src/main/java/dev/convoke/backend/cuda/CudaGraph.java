package dev.convoke.backend.cuda;

import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudart.CUstream_st;

/** Work that was recorded once and is replayed with one call. */
final class CudaGraph {
    private final CUgraphExec_st graph;
    private final CUstream_st stream;
    private final String label;

    /** Takes {@code graph} over. */
    CudaGraph(CUgraphExec_st graph, CUstream_st stream, String label) {
        this.graph = graph;
        this.stream = stream;
        this.label = label;
        CudaRuntime.upload(graph, stream, label);
    }

    /** Queues it once. */
    void launch() {
        CudaRuntime.launch(graph, stream, label);
    }

    void close() {
        CudaRuntime.destroy(graph, label);
    }
}
