package dev.convoke.backend.cpu;

import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.global.dnnl;

/** A session's oneDNN engine and stream, and what primitives share: resources, and scratch memory for each worker. */
final class DnnlEngine {
    private static final String LABEL = "the session";

    private final CpuResources resources;
    private final CpuWorkspaces workspaces;
    private final dnnl_engine engine = new dnnl_engine();
    private final dnnl_stream stream = new dnnl_stream();

    DnnlEngine(CpuResources resources, CpuWorkspaces workspaces) {
        this.resources = resources;
        this.workspaces = workspaces;
        DnnlStatus.check(dnnl.dnnl_engine_create(engine, dnnl.dnnl_cpu, 0), "dnnl_engine_create", LABEL);
        resources.onClose(() -> dnnl.dnnl_engine_destroy(engine));
        DnnlStatus.check(
                dnnl.dnnl_stream_create(stream, engine, dnnl.dnnl_stream_default_flags), "dnnl_stream_create", LABEL);
        resources.onClose(() -> dnnl.dnnl_stream_destroy(stream));
    }

    dnnl_engine handle() {
        return engine;
    }

    dnnl_stream stream() {
        return stream;
    }

    CpuResources resources() {
        return resources;
    }

    CpuWorkspaces workspaces() {
        return workspaces;
    }
}
