package dev.convoke.backend.cpu;

/** Both passes of one split layer by themselves, for who looks at a step layer by layer. */
final class CpuSplitPasses {
    private final CpuContext context;
    private final CpuParts parts;
    private final CpuTeam.Work forward;
    private final CpuTeam.Work backward;
    private final CpuTeam.Work filters;
    private final CpuFilterRanges ranges;

    CpuSplitPasses(CpuContext context, CpuParts parts, CpuSplitLayer layer) {
        this.context = context;
        this.parts = parts;
        forward = layer::forward;
        backward = layer::backwardData;
        ranges = CpuFilterRanges.of(layer, context.threads());
        filters = (range, worker) -> layer.backwardFilters(ranges.from(range), ranges.to(range), worker);
    }

    void forward() {
        context.packings().refresh();
        context.team().run(parts.count(), forward);
    }

    void backward() {
        context.team().run(parts.count(), backward);
        context.team().run(ranges.count(), filters);
    }
}
