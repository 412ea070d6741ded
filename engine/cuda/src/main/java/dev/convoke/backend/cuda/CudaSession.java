package dev.convoke.backend.cuda;

import dev.convoke.backend.EpochSchedule;
import dev.convoke.backend.Evaluation;
import dev.convoke.backend.NamedTensors;
import dev.convoke.backend.RequestCheck;
import dev.convoke.backend.Session;
import dev.convoke.backend.SessionRequest;
import dev.convoke.backend.StepProfile;
import dev.convoke.backend.Trace;
import dev.convoke.backend.TrainingSums;
import dev.convoke.backend.TrialSpec;
import dev.convoke.backend.UpdateGroups;
import dev.convoke.backend.graph.Arena;
import dev.convoke.backend.graph.Arenas;
import dev.convoke.backend.graph.Mode;
import dev.convoke.backend.graph.Network;
import dev.convoke.backend.graph.Tracer;
import dev.convoke.datasets.ImageSet;
import dev.convoke.model.Loss;
import dev.convoke.model.ModelSpec;
import dev.convoke.pipeline.Augmentation;
import dev.convoke.plan.MemoryMap;
import dev.convoke.plan.Plan;
import dev.convoke.plan.Program;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/** One trial on one device: its arenas, a network for each plan, and the recorded steps that move them. */
final class CudaSession implements Session {
    private final Program program;
    private final CudaResources resources;
    private final CudaContext context;
    private final EpochSchedule schedule;
    private final CudaStepPlans plans;
    private final CudaEpochTables tables;
    private final CudaLoader loader;
    private final CudaLoss loss;
    private final CudaOptimizer optimizer;
    private final CudaTrainingStep full;
    private final @Nullable CudaTrainingStep remainder;
    private final CudaTrainingGraphs graphs;
    private final CudaEvaluator evaluator;
    private boolean closed;

    /** Takes {@code resources} over once it is made. */
    CudaSession(SessionRequest request, CudaResources resources, CudaAlgorithmCache cache) {
        this.resources = resources;
        program = request.program();
        TrialSpec trial = request.trial();
        schedule = EpochSchedule.of(trial, program);
        context = context(request);
        CudaKernelTuner tuner = new CudaKernelTuner(context, cache);
        Network<CudaLayer> training = CudaNetworkBuilder.build(context, tuner, program.full(), Mode.TRAINING);
        Plan rest = program.remainder();
        Network<CudaLayer> last = rest == null ? null : CudaNetworkBuilder.build(context, tuner, rest, Mode.TRAINING);
        Network<CudaLayer> evaluation = CudaNetworkBuilder.build(context, tuner, program.evaluation(), Mode.INFERENCE);
        List<Network<CudaLayer>> networks = new ArrayList<>(List.of(training, evaluation));
        if (last != null) {
            networks.add(last);
        }
        place(networks);
        choose(networks, cache);
        ModelSpec model = program.full().model();
        CudaImages images = CudaImages.acquire(resources.device(), request.training(), model.loss());
        resources.onClose(images::release);
        tables = new CudaEpochTables(
                resources, request.augmentation(), trial.seed(), model.input(), program.trainingImages());
        loader = CudaLoader.training(context, images, tables, elastic(request.augmentation()));
        plans = new CudaStepPlans(
                resources, schedule, new UpdateGroups(program, trial.rule().accumulation()), trial.optimizer());
        loss = loss(model.loss(), Math.max(training.batch(), evaluation.batch()));
        optimizer = new CudaOptimizer(context, plans);
        full = new CudaTrainingStep(training, loader, loss, optimizer);
        remainder = last == null ? null : new CudaTrainingStep(last, loader, loss, optimizer);
        evaluator = new CudaEvaluator(context, evaluation, loss, optimizer);
        warmUp(evaluation);
        graphs = new CudaTrainingGraphs(
                resources, full, remainder, program.stepsPerEpoch() - (remainder == null ? 0 : 1));
        context.arenas().initialize(trial.seed());
        context.parameters().refresh();
        resources.stream().synchronize("the initial state");
    }

    private CudaContext context(SessionRequest request) {
        Arenas arenas = new Arenas(
                new CudaMemory(resources),
                request.program().full(),
                request.trial().rule());
        return new CudaContext(
                resources,
                new Cudnn(resources),
                new CublasLt(resources, request.execution().precision()),
                request.execution(),
                request.trial(),
                new CudaParameters(
                        resources,
                        arenas.parameters(),
                        CudaFormat.of(request.execution().precision())),
                arenas,
                new CudaStepState(resources),
                new CudaScratch(resources, resources.stream()));
    }

    private CudaLoss loss(Loss spec, int mostImages) {
        return new CudaLoss(context, spec, plans, program.trainingImages(), mostImages);
    }

    // Only one network runs at a time, so that all of them share the same memory.
    private void place(List<Network<CudaLayer>> networks) {
        List<MemoryMap> maps = networks.stream()
                .map(network -> network.map(CudaResources.ALIGNMENT))
                .toList();
        long bytes = maps.stream().mapToLong(MemoryMap::bytes).max().orElse(0);
        BytePointer block = resources.allocate("activations", bytes);
        for (int i = 0; i < maps.size(); i++) {
            networks.get(i).place(maps.get(i), block);
        }
    }

    private void choose(List<Network<CudaLayer>> networks, CudaAlgorithmCache cache) {
        try (CudaResources measuring = new CudaResources(resources.device())) {
            CudaAlgorithmSelector selector = new CudaAlgorithmSelector(
                    resources.device(),
                    context.execution().algorithms(),
                    cache,
                    new CudaStopwatch(measuring, resources.stream()),
                    new CudaScratch(measuring, resources.stream()),
                    context.scratch());
            networks.forEach(network -> network.layers().forEach(layer -> layer.choose(selector)));
            resources.stream().synchronize("the choice of algorithms");
        }
    }

    private @Nullable CudaElastic elastic(Augmentation changes) {
        return changes.elastic().alpha() > 0
                ? new CudaElastic(
                        context,
                        changes.elastic(),
                        program.full().model().input(),
                        program.full().batch())
                : null;
    }

    // Every kernel runs once before a step or an evaluation is recorded: a kernel is loaded when it is first used,
    // which
    // drivers before CUDA 12.3's do not permit in a recording. The initial state overwrites what this writes.
    private void warmUp(Network<CudaLayer> evaluation) {
        context.state().begin(0, 0, 0);
        full.run();
        if (remainder != null) {
            remainder.run();
        }
        loader.plain().load(evaluation.input(), loss.targets());
        evaluation.forward();
        context.state().advance(evaluation.batch(), "the first step");
        optimizer.measurePenalty();
        resources.stream().synchronize("the first step");
    }

    @Override
    public Program program() {
        return program;
    }

    @Override
    public TrainingSums train(int epoch, int fromStep, int toStep) {
        enter();
        schedule.checkRange(epoch, fromStep, toStep);
        if (fromStep == toStep) {
            return TrainingSums.NONE;
        }
        prepare(epoch, fromStep, toStep);
        graphs.launch(fromStep, toStep);
        context.state().fetch();
        tables.workAhead(epoch, program.firstPosition(fromStep), end(toStep));
        resources.stream().synchronize("a range of training steps");
        return context.state().sums();
    }

    private void prepare(int epoch, int fromStep, int toStep) {
        tables.upload(epoch, program.firstPosition(fromStep), end(toStep));
        plans.upload(epoch, fromStep, toStep);
        context.state().begin(epoch, fromStep, program.firstPosition(fromStep));
    }

    /** The position behind the last image of the steps before {@code toStep}. */
    private int end(int toStep) {
        return program.firstPosition(toStep - 1) + program.at(toStep - 1).batch();
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
        context.parameters().refresh();
        plans.reset(updates);
        resources.stream().synchronize("the restored state");
    }

    @Override
    public Trace trace(int epoch, int step) {
        enter();
        schedule.checkRange(epoch, step, step + 1);
        Network<CudaLayer> network = stepAt(step).network();
        tables.upload(epoch, program.firstPosition(step), end(step + 1));
        plans.uploadAlone(step, network.batch());
        context.state().begin(epoch, step, program.firstPosition(step));
        try (CudaResources copy = new CudaResources(resources.device())) {
            Arena before = new Arena(
                    new CudaMemory(copy),
                    "running statistics",
                    context.statistics().layout());
            copy.stream().synchronize("a copy of the running statistics");
            resources.stream().copy(before.values(), context.statistics().values(), before.bytes(), "a trace");
            loader.load(network.input(), loss.targets());
            Tracer tracer = new Tracer(network, new CudaMemory(resources));
            tracer.run(() -> loss.train(network.output()));
            optimizer.measurePenalty();
            context.state().fetch();
            context.statistics().copyFrom(before);
            resources.stream().synchronize("a trace");
            return new Trace(
                    context.state().sums().dataLoss() / network.batch(),
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
        int steps = toStep - fromStep;
        try (CudaProfiler profiler = new CudaProfiler(context, full, steps)) {
            if (steps > 0) {
                prepare(epoch, fromStep, toStep);
            }
            for (int i = 0; i < steps; i++) {
                profiler.run(i);
            }
            return profiler.profile();
        }
    }

    private CudaTrainingStep stepAt(int step) {
        return remainder != null && step == program.stepsPerEpoch() - 1 ? remainder : full;
    }

    /** The layers for a full training batch; their classes show which kernels were selected. */
    List<CudaLayer> layers() {
        return full.network().layers();
    }

    // Released memory must not be accessed. The calling thread may differ from earlier ones.
    private void enter() {
        if (closed) {
            throw new IllegalStateException("the session is closed");
        }
        resources.device().use();
    }

    @Override
    public void close() {
        closed = true;
        resources.close();
    }
}
