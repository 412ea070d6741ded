package dev.convoke.parity;

import dev.convoke.backend.Backend;
import dev.convoke.backend.Evaluation;
import dev.convoke.backend.NamedTensors;
import dev.convoke.backend.Probe;
import dev.convoke.backend.Session;
import dev.convoke.backend.SessionRequest;
import dev.convoke.backend.Trace;
import dev.convoke.backend.TrainingSums;
import dev.convoke.backend.reference.ReferenceBackend;
import dev.convoke.datasets.ImageSet;
import dev.convoke.plan.Program;
import dev.convoke.plan.Tensor;

/** The reference backend with one fault in it. */
final class PlantedBackend implements Backend {
    private final Fault fault;

    /** What is wrong with it. */
    enum Fault {
        /** Nothing is. */
        NONE,
        /** One gradient of one parameter is off by a tenth. */
        ONE_GRADIENT,
        /** One gradient is not there. */
        MISSING_GRADIENT,
        /** One activation is not a number. */
        NOT_A_NUMBER,
        /** The sums of a range are off by a hundredth. */
        LOSS
    }

    PlantedBackend(Fault fault) {
        this.fault = fault;
    }

    @Override
    public String name() {
        return "planted";
    }

    @Override
    public Probe probe() {
        return Probe.found("here");
    }

    @Override
    public Session open(SessionRequest request) {
        return new Planted(new ReferenceBackend().open(request), fault);
    }

    private record Planted(Session right, Fault fault) implements Session {
        @Override
        public Program program() {
            return right.program();
        }

        @Override
        public TrainingSums train(int epoch, int fromStep, int toStep) {
            TrainingSums sums = right.train(epoch, fromStep, toStep);
            double factor = fault == Fault.LOSS ? 1.01 : 1;
            return new TrainingSums(
                    sums.images(), factor * sums.dataLoss(), sums.penalty(), sums.first(), sums.second());
        }

        @Override
        public void scaleRate(double factor) {
            right.scaleRate(factor);
        }

        @Override
        public Evaluation evaluate(ImageSet images, int from, int to) {
            return right.evaluate(images, from, to);
        }

        @Override
        public float[] outputs(ImageSet images, int from, int to) {
            return right.outputs(images, from, to);
        }

        @Override
        public NamedTensors state() {
            return right.state();
        }

        @Override
        public void restore(NamedTensors state, long updates) {
            right.restore(state, updates);
        }

        @Override
        public Trace trace(int epoch, int step) {
            Trace trace = right.trace(epoch, step);
            NamedTensors activations = copy(trace.activations());
            NamedTensors gradients = copy(trace.parameterGradients());
            if (fault == Fault.NOT_A_NUMBER) {
                first(activations).values()[0] = Float.NaN;
            }
            if (fault == Fault.ONE_GRADIENT) {
                first(gradients).values()[0] += 0.1f * first(gradients).values()[0] + 0.1f;
            }
            NamedTensors given = fault == Fault.MISSING_GRADIENT ? withoutFirst(gradients) : gradients;
            return new Trace(trace.loss(), trace.penalty(), activations, trace.activationGradients(), given);
        }

        private static Tensor first(NamedTensors tensors) {
            return tensors.get(tensors.names().iterator().next());
        }

        private static NamedTensors withoutFirst(NamedTensors tensors) {
            NamedTensors rest = new NamedTensors();
            tensors.names().stream().skip(1).forEach(name -> rest.put(name, tensors.get(name)));
            return rest;
        }

        private static NamedTensors copy(NamedTensors tensors) {
            NamedTensors copies = new NamedTensors();
            for (String name : tensors.names()) {
                Tensor tensor = tensors.get(name);
                copies.put(name, new Tensor(tensor.shape(), tensor.values().clone()));
            }
            return copies;
        }

        @Override
        public void close() {
            right.close();
        }
    }
}
