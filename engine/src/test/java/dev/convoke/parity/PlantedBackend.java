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
import java.util.List;

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
    public int maxTrials() {
        return 1;
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
        public List<TrainingSums> train(int epoch, int fromStep, int toStep) {
            TrainingSums sums = right.train(epoch, fromStep, toStep).get(0);
            double factor = fault == Fault.LOSS ? 1.01 : 1;
            return List.of(new TrainingSums(sums.images(), factor * sums.dataLoss(), sums.penalty(), sums.correct()));
        }

        @Override
        public Evaluation evaluate(int trial, ImageSet images) {
            return right.evaluate(trial, images);
        }

        @Override
        public NamedTensors state(int trial) {
            return right.state(trial);
        }

        @Override
        public void restore(int trial, NamedTensors state, long steps) {
            right.restore(trial, state, steps);
        }

        @Override
        public Trace trace(int trial, int epoch, int step) {
            Trace trace = right.trace(trial, epoch, step);
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
