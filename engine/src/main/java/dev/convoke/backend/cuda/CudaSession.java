package dev.convoke.backend.cuda;

import dev.convoke.backend.ArenaLayout;
import dev.convoke.backend.EpochSchedule;
import dev.convoke.backend.Evaluation;
import dev.convoke.backend.NamedTensors;
import dev.convoke.backend.RequestCheck;
import dev.convoke.backend.Session;
import dev.convoke.backend.SessionRequest;
import dev.convoke.backend.StateLayout;
import dev.convoke.backend.StepProfile;
import dev.convoke.backend.Trace;
import dev.convoke.backend.TrainingSums;
import dev.convoke.backend.TrialSpec;
import dev.convoke.datasets.ImageSet;
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
    private final CudaEpochTables tables;
    private final CudaLoader loader;
    private final CudaLoss loss;
    private final CudaOptimizer optimizer;
    private final CudaTrainingStep full;
    private final @Nullable CudaTrainingStep remainder;
    private final CudaTrainingGraphs graphs;
    private final CudaEvaluator evaluator;
    private final CudaState state;
    private boolean closed;

    /** Takes {@code resources} over once it is made. */
    CudaSession(SessionRequest request, CudaResources resources, CudaAlgorithmCache cache) {
        this.resources = resources;
        program = request.program();
        TrialSpec trial = request.trials().get(0);
        schedule = EpochSchedule.of(trial, program);
        context = context(request, trial);
        CudaRace race = new CudaRace(context, cache);
        CudaNetwork training = CudaNetworkBuilder.build(context, race, program.full(), CudaMode.TRAINING);
        Plan rest = program.remainder();
        CudaNetwork last = rest == null ? null : CudaNetworkBuilder.build(context, race, rest, CudaMode.TRAINING);
        CudaNetwork evaluation = CudaNetworkBuilder.build(context, race, program.evaluation(), CudaMode.INFERENCE);
        List<CudaNetwork> networks = new ArrayList<>(List.of(training, evaluation));
        if (last != null) {
            networks.add(last);
        }
        place(networks);
        choose(request, networks, cache);
        CudaImages images = CudaImages.acquire(resources.device(), request.training());
        resources.onClose(images::release);
        tables = new CudaEpochTables(
                resources,
                request.augmentation(),
                trial.seed(),
                program.full().model().input(),
                program.trainingImages());
        loader = CudaLoader.training(context, images, tables, elastic(request.augmentation()));
        loss = new CudaLoss(context, program.trainingImages(), Math.max(training.batch(), evaluation.batch()));
        optimizer = new CudaOptimizer(context, schedule);
        full = new CudaTrainingStep(training, loader, loss, optimizer);
        remainder = last == null ? null : new CudaTrainingStep(last, loader, loss, optimizer);
        evaluator = new CudaEvaluator(context, evaluation, loss, optimizer);
        state = new CudaState(context, optimizer, StateLayout.of(program.full(), trial.optimizer()));
        warmUp(evaluation);
        graphs = new CudaTrainingGraphs(
                resources, full, remainder, program.stepsPerEpoch() - (remainder == null ? 0 : 1));
        state.initialize(trial.seed());
    }

    private CudaContext context(SessionRequest request, TrialSpec trial) {
        Plan plan = request.program().full();
        ArenaLayout layout = ArenaLayout.parameters(plan, CudaArena.STEP);
        CudaArena master = new CudaArena(resources, "parameters", layout);
        return new CudaContext(
                resources,
                new Cudnn(resources),
                new CublasLt(resources, request.execution().precision()),
                request.execution(),
                trial,
                new CudaParameters(
                        resources, master, CudaFormat.of(request.execution().precision())),
                new CudaArena(resources, "gradients", layout),
                new CudaArena(resources, "running statistics", ArenaLayout.statistics(plan, CudaArena.STEP)),
                new CudaStepState(resources),
                new CudaScratch(resources, resources.stream()));
    }

    // One network runs at a time, so that all of them may lie in the same memory.
    private void place(List<CudaNetwork> networks) {
        List<MemoryMap> maps = networks.stream().map(CudaNetwork::map).toList();
        long bytes = maps.stream().mapToLong(MemoryMap::bytes).max().orElse(0);
        BytePointer block = resources.allocate("activations", bytes);
        for (int i = 0; i < maps.size(); i++) {
            networks.get(i).place(maps.get(i), block);
        }
    }

    private void choose(SessionRequest request, List<CudaNetwork> networks, CudaAlgorithmCache cache) {
        try (CudaResources measuring = new CudaResources(resources.device())) {
            CudaChooser chooser = new CudaChooser(
                    resources.device(),
                    request.execution().algorithms(),
                    cache,
                    new CudaStopwatch(measuring, resources.stream()),
                    new CudaScratch(measuring, resources.stream()),
                    context.scratch());
            networks.forEach(network -> network.choose(chooser));
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

    // Every kernel runs once before a step is recorded: libraries load a kernel when it is first used. The initial
    // state overwrites what this writes.
    private void warmUp(CudaNetwork evaluation) {
        context.state().begin(0, 0, 0);
        full.run();
        if (remainder != null) {
            remainder.run();
        }
        loader.load(full.network().input(), loss.labels());
        evaluation.forward();
        optimizer.measurePenalty();
        resources.stream().synchronize("the first step");
    }

    @Override
    public Program program() {
        return program;
    }

    @Override
    public List<TrainingSums> train(int epoch, int fromStep, int toStep) {
        enter();
        schedule.checkRange(epoch, fromStep, toStep);
        if (fromStep == toStep) {
            return List.of(TrainingSums.NONE);
        }
        prepare(epoch, fromStep, toStep);
        graphs.launch(fromStep, toStep);
        context.state().fetch();
        tables.workAhead(epoch, program.firstPosition(fromStep), end(toStep));
        resources.stream().synchronize("a range of training steps");
        return List.of(context.state().sums());
    }

    private void prepare(int epoch, int fromStep, int toStep) {
        tables.upload(epoch, program.firstPosition(fromStep), end(toStep));
        optimizer.prepare(epoch, fromStep, toStep);
        context.state().begin(epoch, fromStep, program.firstPosition(fromStep));
    }

    /** The position behind the last image of the steps before {@code toStep}. */
    private int end(int toStep) {
        return program.firstPosition(toStep - 1) + program.at(toStep - 1).batch();
    }

    @Override
    public Evaluation evaluate(int trial, ImageSet images) {
        checkTrial(trial);
        RequestCheck.checkImages(program.full(), images);
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
        tables.upload(epoch, program.firstPosition(step), end(step + 1));
        context.state().begin(epoch, step, program.firstPosition(step));
        CudaNetwork network = stepAt(step).network();
        try (CudaResources copy = new CudaResources(resources.device())) {
            CudaArena before = new CudaArena(
                    copy, "running statistics", context.statistics().layout());
            copy.stream().synchronize("a copy of the running statistics");
            resources.stream().copy(before.values(), context.statistics().values(), before.bytes(), "a trace");
            loader.load(network.input(), loss.labels());
            Trace trace = new CudaTracer(network, context).run(loss, optimizer);
            context.statistics().copyFrom(before);
            resources.stream().synchronize("a trace");
            return trace;
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

    /** The layers that serve a full training batch: which kernels were chosen shows in their classes. */
    List<CudaLayer> layers() {
        return full.network().layers();
    }

    private void checkTrial(int trial) {
        enter();
        if (trial != 0) {
            throw new IllegalArgumentException("there is no trial " + trial + "; a session of 'cuda' has one, trial 0");
        }
    }

    // Memory that was given back must not be touched. The calling thread may be another than before.
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
