package dev.convoke.backend.cpu;

import dev.convoke.backend.EpochSchedule;
import dev.convoke.backend.Evaluation;
import dev.convoke.backend.NamedTensors;
import dev.convoke.backend.RequestCheck;
import dev.convoke.backend.Session;
import dev.convoke.backend.SessionRequest;
import dev.convoke.backend.StepProfile;
import dev.convoke.backend.StepProfile.Pass;
import dev.convoke.backend.Trace;
import dev.convoke.backend.TrainingSums;
import dev.convoke.backend.UpdateGroups;
import dev.convoke.backend.graph.Arena;
import dev.convoke.backend.graph.Arenas;
import dev.convoke.backend.graph.Mode;
import dev.convoke.backend.graph.Network;
import dev.convoke.backend.graph.Tracer;
import dev.convoke.datasets.ImageSet;
import dev.convoke.kernels.Kernels;
import dev.convoke.plan.MemoryMap;
import dev.convoke.plan.Plan;
import dev.convoke.plan.Program;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/** A network for each plan over one set of arenas, and the steps that move them. */
final class CpuSession implements Session {
    private final Program program;
    private final CpuResources resources;
    private final CpuContext context;
    private final EpochSchedule schedule;
    private final CpuPipeline pipeline;
    private final CpuLoss.Totals totals = new CpuLoss.Totals();
    private final CpuOptimizer optimizer;
    private final CpuTraining full;
    private final @Nullable CpuTraining remainder;
    private final CpuEvaluator evaluator;
    private boolean closed;

    /** Takes {@code resources} over once it is made. */
    CpuSession(SessionRequest request, CpuResources resources) {
        this.resources = resources;
        program = request.program();
        enter();
        schedule = EpochSchedule.of(request.trial(), program);
        context = context(request, resources);
        Network<CpuLayer> training = CpuNetworkBuilder.build(context, program.full(), Mode.TRAINING);
        Plan rest = program.remainder();
        Network<CpuLayer> last = rest == null ? null : CpuNetworkBuilder.build(context, rest, Mode.TRAINING);
        Network<CpuLayer> evaluation = CpuNetworkBuilder.build(context, program.evaluation(), Mode.INFERENCE);
        List<Network<CpuLayer>> networks = new ArrayList<>(List.of(training, evaluation));
        if (last != null) {
            networks.add(last);
        }
        place(networks);
        CpuImages images =
                CpuImages.acquire(request.training(), program.full().model().loss());
        resources.onClose(images::release);
        pipeline = new CpuPipeline(context, program, images, request.augmentation());
        optimizer = new CpuOptimizer(context);
        full = training(training);
        remainder = last == null ? null : training(last);
        evaluator = new CpuEvaluator(context, evaluation, optimizer);
        context.workspaces().allocate(resources, context.threads());
    }

    private static CpuContext context(SessionRequest request, CpuResources resources) {
        CpuWorkspaces workspaces = new CpuWorkspaces();
        Arenas arenas =
                new Arenas(resources, request.program().full(), request.trial().rule());
        arenas.initialize(request.trial().seed());
        CpuTeam team = new CpuTeam(request.execution().threads());
        resources.onClose(team::close);
        return new CpuContext(
                new DnnlEngine(resources, workspaces),
                request.execution(),
                request.trial(),
                arenas,
                new CpuStep(),
                request.program().full().batch(),
                team,
                workspaces,
                new CpuPackings(resources));
    }

    private CpuTraining training(Network<CpuLayer> network) {
        UpdateGroups groups = new UpdateGroups(program, context.trial().rule().accumulation());
        return new CpuTraining(context, network, pipeline, totals, optimizer, groups);
    }

    // Only one network runs at a time, so that all of them share the same memory.
    private void place(List<Network<CpuLayer>> networks) {
        List<MemoryMap> maps = networks.stream()
                .map(network -> network.map(CpuResources.ALIGNMENT))
                .toList();
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
    public TrainingSums train(int epoch, int fromStep, int toStep) {
        enter();
        schedule.checkRange(epoch, fromStep, toStep);
        pipeline.prepare(epoch, fromStep, toStep);
        totals.reset();
        long images = 0;
        double penalty = 0;
        for (int step = fromStep; step < toStep; step++) {
            CpuTraining training = at(step);
            int batch = training.network().batch();
            penalty += training.step(epoch, step, schedule.rate(epoch, step)) * batch;
            images += batch;
        }
        return new TrainingSums(images, totals.loss(), penalty, totals.first(), totals.second());
    }

    @Override
    public void scaleRate(double factor) {
        schedule.scale(factor);
    }

    @Override
    public Evaluation evaluate(ImageSet images, int from, int to) {
        enter();
        RequestCheck.checkImages(program.full(), images, from, to);
        return evaluator.evaluate(images, from, to);
    }

    @Override
    public float[] outputs(ImageSet images, int from, int to) {
        enter();
        RequestCheck.checkImages(program.full(), images, from, to);
        return evaluator.outputs(images, from, to);
    }

    @Override
    public NamedTensors state() {
        enter();
        return context.arenas().state();
    }

    @Override
    public void restore(NamedTensors wanted, long updates) {
        enter();
        context.arenas().restore(wanted);
        context.packings().outdate();
        optimizer.reset(updates);
    }

    @Override
    public Trace trace(int epoch, int step) {
        enter();
        schedule.checkRange(epoch, step, step + 1);
        pipeline.prepare(epoch, step, step + 1);
        CpuTraining training = at(step);
        try (CpuResources copy = new CpuResources()) {
            Arena before =
                    new Arena(copy, "running statistics", context.statistics().layout());
            before.copyFrom(context.statistics());
            training.load(epoch, step);
            Tracer tracer = new Tracer(training.network(), resources);
            totals.reset();
            tracer.run(training::runLossAlone);
            context.statistics().copyFrom(before);
            return new Trace(
                    totals.loss() / training.network().batch(),
                    optimizer.penalty(),
                    tracer.values(),
                    tracer.gradients(),
                    context.arenas().trainedGradients());
        }
    }

    @Override
    public StepProfile profile(int epoch, int fromStep, int toStep) {
        enter();
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
        enter();
        pipeline.prepare(epoch, fromStep, toStep);
        totals.reset();
        return new CpuProfiler(toStep - fromStep)
                .then("images", Pass.PIPELINE, pipeline.kernels(), step -> full.load(epoch, step))
                .thenForward(full.network())
                .then("loss", Pass.LOSS, CpuKernels.own("loss"), step -> full.runLoss())
                .thenBackward(full.network())
                .then(
                        "update",
                        Pass.OPTIMIZER,
                        CpuKernels.own("optimizer"),
                        step -> full.update(step, schedule.rate(epoch, step)));
    }

    private CpuTraining at(int step) {
        return remainder != null && step == program.stepsPerEpoch() - 1 ? remainder : full;
    }

    /** The layers for a full training batch; their classes show which kernels were selected. */
    List<CpuLayer> layers() {
        return full.network().layers();
    }

    // Released native memory must not be accessed: that would end the process, not throw. The calling thread
    // may be another than before; oneDNN takes the number of its threads from there, and is to run on the calling one.
    private void enter() {
        if (closed) {
            throw new IllegalStateException("the session is closed");
        }
        Kernels.setOpenmpThreads(1);
    }

    @Override
    public void close() {
        closed = true;
        resources.close();
    }
}
