package dev.convoke.train;

import dev.convoke.backend.Backend;
import dev.convoke.backend.Evaluation;
import dev.convoke.backend.NamedTensors;
import dev.convoke.backend.Probe;
import dev.convoke.backend.Session;
import dev.convoke.backend.SessionRequest;
import dev.convoke.backend.Trace;
import dev.convoke.backend.TrainingSums;
import dev.convoke.datasets.ImageSet;
import dev.convoke.model.TensorShape;
import dev.convoke.plan.Program;
import dev.convoke.plan.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A backend that trains nothing: its training and validation losses by epoch are given, its one weight is the number of
 * epochs behind it.
 */
final class ScriptedBackend implements Backend {
    final double[] trainLosses;
    final double[] validationLosses;
    final List<ImageSet> evaluated = new ArrayList<>();
    final List<Integer> slices = new ArrayList<>(); // images of each
    final List<String> ranges = new ArrayList<>();
    final List<Double> scales = new ArrayList<>();
    long restoredUpdates = -1;

    ScriptedBackend(double[] trainLosses, double[] validationLosses) {
        this.trainLosses = trainLosses;
        this.validationLosses = validationLosses;
    }

    /** A script of the validation losses alone. */
    static ScriptedBackend validating(double... losses) {
        return new ScriptedBackend(new double[losses.length], losses);
    }

    @Override
    public String name() {
        return "scripted";
    }

    @Override
    public Probe probe() {
        return Probe.found("for tests");
    }

    @Override
    public Session open(SessionRequest request) {
        return new ScriptedSession(request.program());
    }

    private final class ScriptedSession implements Session {
        private final Program program;
        private int epochs;

        ScriptedSession(Program program) {
            this.program = program;
        }

        @Override
        public Program program() {
            return program;
        }

        @Override
        public TrainingSums train(int epoch, int fromStep, int toStep) {
            ranges.add(epoch + ":" + fromStep + "-" + toStep);
            int last = Math.min(program.trainingImages(), program.firstPosition(toStep));
            long images = (long) last - program.firstPosition(fromStep);
            epochs = epoch + 1;
            return new TrainingSums(images, trainLosses[epoch] * images, 0, images, images);
        }

        @Override
        public void scaleRate(double factor) {
            scales.add(factor);
        }

        @Override
        public Evaluation evaluate(ImageSet images, int from, int to) {
            evaluated.add(images);
            slices.add(to - from);
            float[] confidence = new float[to - from];
            return new Evaluation(
                    validationLosses[epochs - 1], 0, 1, 1, Arrays.copyOfRange(images.labels(), from, to), confidence);
        }

        @Override
        public NamedTensors state() {
            NamedTensors state = new NamedTensors();
            state.put("epochs", new Tensor(TensorShape.of(1), new float[] {epochs}));
            return state;
        }

        @Override
        public void restore(NamedTensors state, long updates) {
            epochs = (int) state.get("epochs").values()[0];
            restoredUpdates = updates;
        }

        @Override
        public float[] outputs(ImageSet images, int from, int to) {
            throw new UnsupportedOperationException("there is no network");
        }

        @Override
        public Trace trace(int epoch, int step) {
            throw new UnsupportedOperationException("there is nothing to trace");
        }

        @Override
        public void close() {}
    }
}
