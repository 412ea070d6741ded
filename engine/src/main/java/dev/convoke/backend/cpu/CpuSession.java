package dev.convoke.backend.cpu;

import dev.convoke.backend.ArenaLayout;
import dev.convoke.backend.EpochSchedule;
import dev.convoke.backend.Evaluation;
import dev.convoke.backend.NamedTensors;
import dev.convoke.backend.RequestCheck;
import dev.convoke.backend.Session;
import dev.convoke.backend.SessionRequest;
import dev.convoke.backend.StateLayout;
import dev.convoke.backend.StepProfile;
import dev.convoke.backend.StepProfile.Pass;
import dev.convoke.backend.Trace;
import dev.convoke.backend.TrainingSums;
import dev.convoke.backend.TrialSpec;
import dev.convoke.datasets.ImageSet;
import dev.convoke.kernels.Kernels;
import dev.convoke.plan.MemoryMap;
import dev.convoke.plan.Plan;
import dev.convoke.plan.Program;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/** One trial: its arenas, a network for each plan, and the steps that move them. */
final class CpuSession implements Session {
    private final Program program;
    private final CpuResources resources;
    private final CpuContext context;
    private final EpochSchedule schedule;
    private final CpuNetwork full;
    private final @Nullable CpuNetwork remainder;
    private final CpuPipeline pipeline;
    private final CpuLoss loss;
    private final CpuOptimizer optimizer;
    private final CpuEvaluator evaluator;
    private final @Nullable CpuSplitTraining splitFull;
    private final @Nullable CpuSplitTraining splitRemainder;
    private final CpuState state;
    private boolean closed;

    /** Takes {@code resources} over once it is made. */
    CpuSession(SessionRequest request, CpuResources resources) {
        this.resources = resources;
        program = request.program();
        // oneDNN cuts the work of a primitive for as many threads as there are when it is made.
        Kernels.setOpenmpThreads(request.execution().threads());
        TrialSpec trial = request.trials().get(0);
        schedule = EpochSchedule.of(trial, program);
        CpuScratch.Demand scratch = new CpuScratch.Demand();
        context = context(request, trial, new DnnlEngine(resources, scratch));
        full = CpuNetworkBuilder.build(context, program.full(), CpuMode.TRAINING);
        Plan rest = program.remainder();
        remainder = rest == null ? null : CpuNetworkBuilder.build(context, rest, CpuMode.TRAINING);
        CpuNetwork evaluation = CpuNetworkBuilder.build(context, program.evaluation(), CpuMode.INFERENCE);
        place(evaluation);
        CpuImages images = CpuImages.acquire(request.training());
        resources.onClose(images::release);
        pipeline = new CpuPipeline(context, program, images, request.augmentation());
        loss = new CpuLoss(context, Math.max(full.batch(), evaluation.batch()));
        optimizer = new CpuOptimizer(context);
        evaluator = new CpuEvaluator(context, evaluation, loss, optimizer);
        splitFull = splitTraining(full);
        splitRemainder = remainder == null ? null : splitTraining(remainder);
        state = new CpuState(context, optimizer, StateLayout.of(program.full(), trial.optimizer()));
        scratch.allocate(resources);
        context.workspaces().allocate(resources, context.threads());
    }

    private @Nullable CpuSplitTraining splitTraining(CpuNetwork network) {
        return network.isSplit() ? new CpuSplitTraining(context, network, pipeline, loss, optimizer) : null;
    }

    private static CpuContext context(SessionRequest request, TrialSpec trial, DnnlEngine engine) {
        Plan plan = request.program().full();
        ArenaLayout layout = ArenaLayout.parameters(plan, CpuArena.STEP);
        CpuArena parameters = new CpuArena(engine.resources(), "parameters", layout);
        CpuArena gradients = new CpuArena(engine.resources(), "gradients", layout);
        CpuArena statistics =
                new CpuArena(engine.resources(), "running statistics", ArenaLayout.statistics(plan, CpuArena.STEP));
        parameters.initialize(trial.seed());
        statistics.initialize(trial.seed());
        CpuTeam team = new CpuTeam(request.execution().threads());
        engine.resources().onClose(team::close);
        return new CpuContext(
                engine,
                request.execution(),
                trial,
                parameters,
                gradients,
                statistics,
                new CpuStep(),
                plan.batch(),
                team,
                new CpuWorkspaces(),
                new CpuPackings(engine.resources(), parameters));
    }

    // One network runs at a time, so that all of them may lie in the same memory.
    private void place(CpuNetwork evaluation) {
        List<CpuNetwork> networks = new ArrayList<>(List.of(full, evaluation));
        if (remainder != null) {
            networks.add(remainder);
        }
        List<MemoryMap> maps = networks.stream().map(CpuNetwork::map).toList();
        long bytes = maps.stream().mapToLong(MemoryMap::bytes).max().orElse(0);
        BytePointer block = resources.allocate("activations", bytes);
        for (int i = 0; i < maps.size(); i++) {
            networks.get(i).place(maps.get(i), block);
        }
    }

    @Override
    public Program program() {
        return program;
    }

    @Override
    public List<TrainingSums> train(int epoch, int fromStep, int toStep) {
        checkOpen();
        schedule.checkRange(epoch, fromStep, toStep);
        Kernels.setOpenmpThreads(context.threads());
        pipeline.prepare(epoch, fromStep, toStep);
        loss.resetTotals();
        long images = 0;
        double penalty = 0;
        for (int step = fromStep; step < toStep; step++) {
            CpuNetwork network = networkAt(step);
            penalty += step(network, epoch, step) * network.batch();
            images += network.batch();
        }
        return List.of(new TrainingSums(images, loss.total(), penalty, loss.correct()));
    }

    /** Trains one step and returns the penalty before it. */
    private double step(CpuNetwork network, int epoch, int step) {
        CpuSplitTraining split = network == full ? splitFull : splitRemainder;
        double rate = schedule.rate(epoch, step);
        if (split != null) {
            context.step().set(epoch, program.firstPosition(step));
            return split.step(epoch, step, rate);
        }
        load(network, epoch, step);
        network.forward();
        loss.train(network.logits());
        network.backward();
        return optimizer.update(rate);
    }

    @Override
    public Evaluation evaluate(int trial, ImageSet images) {
        checkTrial(trial);
        RequestCheck.checkImages(program.full(), images);
        Kernels.setOpenmpThreads(context.threads());
        return evaluator.evaluate(images);
    }

    @Override
    public NamedTensors state(int trial) {
        checkTrial(trial);
        return state.copy();
    }

    @Override
    public void restore(int trial, NamedTensors wanted, long steps) {
        checkTrial(trial);
        state.restore(wanted, steps);
    }

    @Override
    public Trace trace(int trial, int epoch, int step) {
        checkTrial(trial);
        schedule.checkRange(epoch, step, step + 1);
        Kernels.setOpenmpThreads(context.threads());
        pipeline.prepare(epoch, step, step + 1);
        CpuNetwork network = networkAt(step);
        load(network, epoch, step);
        try (CpuResources copy = new CpuResources()) {
            CpuArena before = new CpuArena(
                    copy, "running statistics", context.statistics().layout());
            before.copyFrom(context.statistics());
            Trace trace = new CpuTracer(network, context).run(loss, optimizer);
            context.statistics().copyFrom(before);
            return trace;
        }
    }

    @Override
    public StepProfile profile(int epoch, int fromStep, int toStep) {
        checkOpen();
        schedule.checkRange(epoch, fromStep, toStep);
        StepProfile.checkFull(program, toStep);
        CpuProfiler profiler = parts(epoch, fromStep, toStep);
        for (int step = fromStep; step < toStep; step++) {
            profiler.run(step, step - fromStep);
        }
        return profiler.profile();
    }

    /** The parts of steps of full batches, which this prepares. */
    CpuProfiler parts(int epoch, int fromStep, int toStep) {
        Kernels.setOpenmpThreads(context.threads());
        pipeline.prepare(epoch, fromStep, toStep);
        loss.resetTotals();
        return new CpuProfiler(toStep - fromStep)
                .then("images", Pass.PIPELINE, pipeline.kernels(), step -> load(full, epoch, step))
                .thenForward(full)
                .then("loss", Pass.LOSS, CpuKernels.own("softmax, loss"), step -> loss.train(full.logits()))
                .thenBackward(full)
                .then(
                        "update",
                        Pass.OPTIMIZER,
                        CpuKernels.own("optimizer"),
                        step -> optimizer.update(schedule.rate(epoch, step)));
    }

    private void load(CpuNetwork network, int epoch, int step) {
        context.step().set(epoch, program.firstPosition(step));
        pipeline.load(epoch, step, network.input(), loss.labels());
    }

    private CpuNetwork networkAt(int step) {
        return remainder != null && step == program.stepsPerEpoch() - 1 ? remainder : full;
    }

    private void checkTrial(int trial) {
        checkOpen();
        if (trial != 0) {
            throw new IllegalArgumentException("there is no trial " + trial + "; a session of 'cpu' has one, trial 0");
        }
    }

    /** The layers that serve a full training batch: which kernels were chosen shows in their classes. */
    List<CpuLayer> layers() {
        return full.layers();
    }

    // Native memory that was given back must not be touched: that would end the process, not throw.
    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the session is closed");
        }
    }

    @Override
    public void close() {
        closed = true;
        resources.close();
    }
}
