package dev.convoke.backend.cuda;

import dev.convoke.backend.graph.ArenaLayout;
import dev.convoke.backend.graph.NativeRule;
import dev.convoke.kernels.CudaKernels;
import dev.convoke.kernels.Kernels;
import dev.convoke.model.OptimizerSlot;
import dev.convoke.model.UpdateRule;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** Moves all parameters by the update rule, with one kernel, as the plan of the state's step says; knows their penalty. */
final class CudaOptimizer {
    private static final String LABEL = "the optimizer";

    private final CudaContext context;
    private final CudaStepPlans plans;
    private final ArenaLayout layout;
    private final Pointer ranges; // [rangeCount] of the kernels' table
    private final int rangeCount;
    private final CudaKernels.CudaUpdateRule rule; // host
    private final @Nullable Pointer mean; // velocity or first moment
    private final @Nullable Pointer square; // square or second moment
    private final @Nullable Pointer average;
    private final @Nullable Pointer accumulated;
    private final BytePointer penalty; // [1], float64
    private final DoublePointer hostPenalty; // [1], pinned

    CudaOptimizer(CudaContext context, CudaStepPlans plans) {
        this.context = context;
        this.plans = plans;
        CudaResources resources = context.resources();
        layout = context.arenas().parameters().layout();
        rangeCount = layout.segments().size();
        ranges = ranges(context, layout);
        rule = resources.own(rule(context.trial().rule()));
        mean = context.arenas().values(OptimizerSlot.VELOCITY, OptimizerSlot.FIRST_MOMENT);
        square = context.arenas().values(OptimizerSlot.SQUARE, OptimizerSlot.SECOND_MOMENT);
        average = context.arenas().values(OptimizerSlot.AVERAGE);
        accumulated = context.arenas().values(OptimizerSlot.ACCUMULATED);
        penalty = resources.allocate("penalty", Double.BYTES);
        hostPenalty = new DoublePointer(resources.allocateHost("penalty", Double.BYTES));
        context.scratch().atLeast(CudaKernels.optimizerWorkspaceBytes(layout.size()));
    }

    private static Pointer ranges(CudaContext context, ArenaLayout layout) {
        String name = "table of parameters";
        try (Kernels.Parameter table = NativeRule.table(context.trial().optimizer(), layout)) {
            long bytes = (long) table.sizeof() * layout.segments().size();
            Pointer device = context.resources().allocate(name, bytes);
            context.queue().upload(device, table, bytes, name);
            context.queue().synchronize(name);
            return device;
        }
    }

    // The constants are the same for every device; values that change from step to step are in the plans and the state.
    private static CudaKernels.CudaUpdateRule rule(UpdateRule rule) {
        try (Kernels.UpdateRule shared = NativeRule.of(rule)) {
            return new CudaKernels.CudaUpdateRule()
                    .kind(shared.kind())
                    .nesterov(shared.nesterov())
                    .epsilonInsideRoot(shared.epsilonInsideRoot())
                    .momentum(shared.momentum())
                    .rho(shared.rho())
                    .beta1(shared.beta1())
                    .beta2(shared.beta2())
                    .epsilon(shared.epsilon())
                    .clipValue(shared.clipValue())
                    .clipNorm((float) rule.clipping().norm())
                    .averageDecay(shared.averageDecay());
        }
    }

    /** Queues the end of a step of {@code batch} images, including the update if its plan requires it. */
    void update(int batch) {
        if (accumulated != null) {
            accumulate(accumulated);
        }
        if (rule.clipNorm() > 0) {
            clip();
        }
        CudaRuntime.check(
                CudaKernels.parametersUpdate(
                        rule,
                        parameters(),
                        gradients(),
                        mean,
                        square,
                        average,
                        context.parameters().copy(),
                        ranges,
                        rangeCount,
                        layout.size(),
                        plans.device(),
                        plans.steps(),
                        batch,
                        context.scratch().data(),
                        context.state().device(),
                        context.stream()),
                "convoke_cuda_parameters_update",
                LABEL);
    }

    private void accumulate(Pointer sum) {
        CudaRuntime.check(
                CudaKernels.accumulate(
                        sum,
                        context.gradients().values(),
                        ranges,
                        rangeCount,
                        layout.size(),
                        plans.device(),
                        plans.steps(),
                        context.state().device(),
                        context.stream()),
                "convoke_cuda_accumulate",
                LABEL);
    }

    private void clip() {
        CudaRuntime.check(
                CudaKernels.parametersClip(
                        rule,
                        parameters(),
                        gradients(),
                        ranges,
                        rangeCount,
                        layout.size(),
                        plans.device(),
                        plans.steps(),
                        context.scratch().data(),
                        context.state().device(),
                        context.stream()),
                "convoke_cuda_parameters_clip",
                LABEL);
    }

    private Pointer parameters() {
        return context.parameters().master().values();
    }

    private Pointer gradients() {
        return accumulated == null ? context.gradients().values() : accumulated;
    }

    /** Queues the penalty of the parameters as they are, to be read with {@link #penalty}. */
    void measurePenalty() {
        CudaRuntime.check(
                CudaKernels.parametersPenalty(
                        parameters(),
                        ranges,
                        rangeCount,
                        layout.size(),
                        context.scratch().data(),
                        penalty,
                        context.state().device(),
                        context.stream()),
                "convoke_cuda_parameters_penalty",
                LABEL);
        context.queue().download(hostPenalty, penalty, Double.BYTES, LABEL);
    }

    /** What was measured last, once the stream has been waited for. */
    double penalty() {
        return hostPenalty.get();
    }
}
