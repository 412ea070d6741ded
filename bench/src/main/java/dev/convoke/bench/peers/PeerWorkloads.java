package dev.convoke.bench.peers;

import dev.convoke.backend.Execution;
import dev.convoke.backend.NamedTensors;
import dev.convoke.backend.Session;
import dev.convoke.backend.SessionRequest;
import dev.convoke.backend.Trace;
import dev.convoke.backend.TrialSpec;
import dev.convoke.backend.cpu.CpuBackend;
import dev.convoke.datasets.Dataset;
import dev.convoke.datasets.ImageSet;
import dev.convoke.model.ImageShape;
import dev.convoke.model.Layer;
import dev.convoke.model.ModelSpec;
import dev.convoke.onnx.OnnxModel;
import dev.convoke.peers.Workload;
import dev.convoke.pipeline.Augmentation;
import dev.convoke.pipeline.EpochOrder;
import dev.convoke.plan.Op;
import dev.convoke.plan.Plan;
import dev.convoke.plan.PlanCompiler;
import dev.convoke.plan.Precision;
import dev.convoke.plan.Program;
import dev.convoke.plan.Tensor;
import dev.convoke.sweep.ModelBuilder;
import dev.convoke.sweep.RunSettings;
import dev.convoke.sweep.Suite;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Prepares the workloads of the peers: networks with Convoke's initial weights, and with those after one epoch of training.
 */
final class PeerWorkloads {
    private static final long SEED = 1;
    /** Images of one pass over a case's steps. */
    private static final int PASS_IMAGES = 1280;

    private static final int MANY_STEPS = 1_000_000;
    private static final float LEARNING_RATE = 0.001f;

    private final TrainingData source;
    private final Dataset data;
    private final Path folder;

    PeerWorkloads(TrainingData source, Path folder) {
        this.source = source;
        this.data = source.data();
        this.folder = folder;
    }

    /** Folder of the peers' files. */
    Path folder() {
        return folder;
    }

    TrainingData source() {
        return source;
    }

    /**
     * The cases of a run and a batch size, one for each of {@code states}.
     *
     * @throws UnsupportedNetworkException if the peers cannot be handed the network
     */
    List<TrainingCase> training(Suite.Run run, int batch, Set<WeightState> states) {
        try (Session session = open(run, batch)) {
            List<TrainingCase> cases = new ArrayList<>();
            if (states.contains(WeightState.INITIAL)) {
                cases.add(trainingCase(session, run, batch, WeightState.INITIAL, 0));
            }
            if (states.contains(WeightState.AFTER_AN_EPOCH)) {
                session.train(0, 0, session.program().stepsPerEpoch());
                cases.add(trainingCase(session, run, batch, WeightState.AFTER_AN_EPOCH, 1));
            }
            return cases;
        }
    }

    /**
     * The network of {@code run} after an epoch, for inference on test images with batch size {@code batch}.
     *
     * @throws UnsupportedNetworkException if the peers cannot be handed the network
     */
    Path inference(Suite.Run run, int batch, int images) {
        try (Session session = open(run, 32)) {
            session.train(0, 0, session.program().stepsPerEpoch());
            int count = Math.min(images, data.test().count()) / batch * batch;
            int[] first = new int[count];
            Arrays.setAll(first, i -> i);
            Plan plan = session.program().full();
            byte[] onnx = OnnxModel.of(plan.model(), session.state());
            Path file = folder.resolve(run.name() + "-answers-" + batch + ".work");
            write(workload(plan, session.state(), run.name(), batch, data.test().select(first), onnx), file);
            return file;
        }
    }

    /** The whole batches of an epoch, from initial weights. */
    Path epoch(Suite.Run run, int batch) {
        try (Session session = open(run, batch)) {
            Path file = folder.resolve(run.name() + "-epoch-" + batch + ".work");
            Plan plan = session.program().full();
            write(
                    workload(
                            plan,
                            session.state(),
                            run.name(),
                            batch,
                            inOrder(0, data.train().count() / batch * batch),
                            new byte[0]),
                    file);
            return file;
        }
    }

    private Session open(Suite.Run run, int batch) {
        RunSettings settings = run.settings();
        ImageSet train = data.train();
        ImageShape input = new ImageShape(train.channels(), train.height(), train.width());
        ModelSpec model = ModelBuilder.build(run.name(), settings, input, data.classes());
        // Refuses what no peer can be taught, before anything is trained.
        Networks.nodes(PlanCompiler.compile(model, batch, Precision.FLOAT32));
        Program program = Program.compile(model, batch, train.count(), Precision.FLOAT32);
        TrialSpec trial = new TrialSpec(
                SEED, settings.training().rule(), settings.training().schedule(), MANY_STEPS);
        return new CpuBackend()
                .open(new SessionRequest(program, train, Augmentation.NONE, trial, Execution.SINGLE_THREAD));
    }

    private TrainingCase trainingCase(Session session, Suite.Run run, int batch, WeightState state, int epoch) {
        int steps = Math.max(1, Math.min(PASS_IMAGES, data.train().count()) / batch);
        Plan plan = session.program().full();
        Path file = folder.resolve(run.name() + "-" + batch + "-" + epoch + ".work");
        write(workload(plan, session.state(), run.name(), batch, inOrder(epoch, steps * batch), new byte[0]), file);
        return new TrainingCase(run.name(), batch, state, steps, file, liveWindows(plan, session.trace(epoch, 0)));
    }

    private ImageSet inOrder(int epoch, int count) {
        int[] order = new int[data.train().count()];
        EpochOrder.fill(SEED, epoch, order);
        return data.train().select(Arrays.copyOf(order, count));
    }

    private Workload workload(Plan plan, NamedTensors state, String run, int batch, ImageSet images, byte[] onnx) {
        return new Workload(
                run,
                Networks.nodes(plan),
                Networks.weights(state),
                batch,
                images.height(),
                images.width(),
                images.pixels(),
                bytes(images.labels()),
                data.classes(),
                LEARNING_RATE,
                onnx);
    }

    /** Classes as the peers take them, at most 256 of them. */
    private static byte[] bytes(int[] labels) {
        byte[] bytes = new byte[labels.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) labels[i];
        }
        return bytes;
    }

    private static void write(Workload workload, Path file) {
        try {
            workload.write(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be written: " + e.getMessage(), e);
        }
    }

    /** Behind ReLU a window is live where its maximum is above 0: only there does a gradient pass. */
    private static Map<String, Double> liveWindows(Plan plan, Trace trace) {
        Map<String, Double> shares = new LinkedHashMap<>();
        for (Op op : plan.ops()) {
            if (op.layer().kind().group() == Layer.Group.POOLING) {
                Tensor maxima = trace.activations().get(op.name());
                long live = 0;
                for (float value : maxima.values()) {
                    live += value > 0 ? 1 : 0;
                }
                shares.put(op.name(), (double) live / maxima.values().length);
            }
        }
        return shares;
    }
}
