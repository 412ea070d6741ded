package dev.convoke.backend.reference;

import dev.convoke.backend.CanonicalShape;
import dev.convoke.backend.EpochSchedule;
import dev.convoke.backend.Evaluation;
import dev.convoke.backend.NamedTensors;
import dev.convoke.backend.RequestCheck;
import dev.convoke.backend.Session;
import dev.convoke.backend.SessionRequest;
import dev.convoke.backend.StateLayout;
import dev.convoke.backend.Trace;
import dev.convoke.backend.TrainingOrder;
import dev.convoke.backend.TrainingSums;
import dev.convoke.backend.TrialSpec;
import dev.convoke.backend.UpdateGroups;
import dev.convoke.datasets.ImageSet;
import dev.convoke.model.Loss;
import dev.convoke.model.OptimizerSlot;
import dev.convoke.plan.Plan;
import dev.convoke.plan.Program;
import dev.convoke.plan.Segment;
import dev.convoke.plan.Slot;
import dev.convoke.plan.Tensor;
import java.util.Arrays;

/** Parameters, statistics and optimizer state, and the steps that move them. */
final class ReferenceSession implements Session {
    private final Program program;
    private final Plan plan;
    private final Loss loss;
    private final TrialSpec trial;
    private final ImageSet training;
    private final EpochSchedule schedule;
    private final UpdateGroups groups;
    private final TrainingOrder order;
    private final ReferenceAugmentation augmentation;
    private final StateLayout layout;
    private final ReferenceRounding rounding;
    private final ReferenceArena parameters;
    private final ReferenceArena statistics;
    private final ReferenceOptimizer optimizer;
    private final ReferenceNetwork network;

    ReferenceSession(SessionRequest request) {
        rounding = ReferenceRounding.of(request.execution().precision());
        program = request.program();
        plan = program.full();
        loss = plan.model().loss();
        trial = request.trial();
        training = request.training();
        schedule = EpochSchedule.of(trial, program);
        groups = new UpdateGroups(program, trial.rule().accumulation());
        order = new TrainingOrder(trial.seed(), training.count());
        augmentation =
                new ReferenceAugmentation(request.augmentation(), trial.seed(), training.height(), training.width());
        layout = StateLayout.of(plan, trial.rule());
        parameters = ReferenceArena.initial(plan.parameters(), trial.seed());
        statistics = ReferenceArena.initial(plan.statistics(), trial.seed());
        optimizer = new ReferenceOptimizer(trial.rule(), plan.parameters(), rounding);
        optimizer.reset(parameters, 0);
        network = new ReferenceNetwork(plan, trial.seed(), rounding, parameters, statistics);
    }

    @Override
    public Program program() {
        return program;
    }

    @Override
    public TrainingSums train(int epoch, int fromStep, int toStep) {
        schedule.checkRange(epoch, fromStep, toStep);
        TrainingSums sums = TrainingSums.NONE;
        for (int step = fromStep; step < toStep; step++) {
            sums = sums.plus(trainStep(epoch, step));
        }
        return sums;
    }

    private TrainingSums trainStep(int epoch, int step) {
        ReferencePass pass = network.forward(batch(epoch, step), ReferenceNetwork.Mode.TRAINING);
        ReferenceLoss found = loss(pass, groups.images(step));
        ReferenceGradients gradients = network.backward(pass, found.gradient());
        double penalty = optimizer.penalty(parameters);
        network.moveStatistics(pass);
        ReferenceArena sum = optimizer.accumulate(gradients.parameters(), groups.begins(step));
        if (groups.updates(step)) {
            optimizer.update(parameters, sum, schedule.rate(epoch, step));
        }
        int count = pass.batch().count();
        return new TrainingSums(count, found.sum(), penalty * count, found.firstSum(), found.secondSum());
    }

    @Override
    public void scaleRate(double factor) {
        schedule.scale(factor);
    }

    @Override
    public Evaluation evaluate(ImageSet images, int begin, int end) {
        RequestCheck.checkImages(plan, images, begin, end);
        ReferenceNetwork answering = answering();
        int total = end - begin;
        int[] predictions = new int[total];
        float[] confidence = new float[total];
        double lossSum = 0;
        double firstSum = 0;
        double secondSum = 0;
        for (int from = begin; from < end; from += Program.EVALUATION_BATCH) {
            int count = Math.min(Program.EVALUATION_BATCH, end - from);
            ReferencePass pass = answering.forward(plainBatch(images, from, count), ReferenceNetwork.Mode.INFERENCE);
            ReferenceLoss found = loss(pass, count);
            lossSum += found.sum();
            firstSum += found.firstSum();
            secondSum += found.secondSum();
            for (int n = 0; n < count; n++) {
                int at = from - begin + n;
                predictions[at] = found.largest(n);
                confidence[at] = (float) found.answer(n, predictions[at]);
            }
        }
        return new Evaluation(
                lossSum / total,
                optimizer.penalty(answeringWeights()),
                firstSum / total,
                secondSum / total,
                predictions,
                confidence);
    }

    private ReferenceArena answeringWeights() {
        return trial.rule().averages() ? optimizer.slot(OptimizerSlot.AVERAGE) : parameters;
    }

    private ReferenceNetwork answering() {
        return new ReferenceNetwork(plan, trial.seed(), rounding, answeringWeights(), statistics);
    }

    @Override
    public float[] outputs(ImageSet images, int begin, int end) {
        RequestCheck.checkImages(plan, images, begin, end);
        ReferenceNetwork answering = answering();
        int width = loss.outputs();
        float[] outputs = new float[(end - begin) * width];
        for (int from = begin; from < end; from += Program.EVALUATION_BATCH) {
            int count = Math.min(Program.EVALUATION_BATCH, end - from);
            ReferencePass pass = answering.forward(plainBatch(images, from, count), ReferenceNetwork.Mode.INFERENCE);
            ReferenceLoss found = loss(pass, count);
            for (int i = 0; i < count * width; i++) {
                outputs[(from - begin) * width + i] = (float) found.answer(i / width, i % width);
            }
        }
        return outputs;
    }

    @Override
    public Trace trace(int epoch, int step) {
        schedule.checkRange(epoch, step, step + 1);
        ReferencePass pass = network.forward(batch(epoch, step), ReferenceNetwork.Mode.TRAINING);
        int count = pass.batch().count();
        ReferenceLoss found = loss(pass, count);
        ReferenceGradients gradients = network.backward(pass, found.gradient());
        NamedTensors activations = new NamedTensors();
        NamedTensors activationGradients = new NamedTensors();
        NamedTensors parameterGradients = new NamedTensors();
        for (Slot slot : plan.slots()) {
            activations.put(slot.name(), tensor(slot, count, pass.activation(slot)));
            double[] gradient = gradients.of(slot);
            if (gradient != null) {
                activationGradients.put(slot.name(), tensor(slot, count, gradient));
            }
        }
        for (Segment segment : plan.parameters().segments()) {
            if (!segment.rule().frozen()) {
                parameterGradients.put(segment.name(), gradients.parameters().tensor(segment));
            }
        }
        return new Trace(
                found.sum() / count,
                optimizer.penalty(parameters),
                activations,
                activationGradients,
                parameterGradients);
    }

    @Override
    public NamedTensors state() {
        NamedTensors state = new NamedTensors();
        layout.parameters().forEach(segment -> state.put(segment.name(), parameters.tensor(segment)));
        layout.statistics().forEach(segment -> state.put(segment.name(), statistics.tensor(segment)));
        for (OptimizerSlot slot : layout.optimizer()) {
            layout.parameters()
                    .forEach(segment -> state.put(
                            StateLayout.name(slot, segment),
                            optimizer.slot(slot).tensor(segment)));
        }
        return state;
    }

    @Override
    public void restore(NamedTensors state, long updates) {
        layout.check(state);
        layout.parameters().forEach(segment -> parameters.put(segment, state.get(segment.name())));
        layout.statistics().forEach(segment -> statistics.put(segment, state.get(segment.name())));
        optimizer.reset(parameters, updates);
        if (StateLayout.hasOptimizerState(state)) {
            for (OptimizerSlot slot : layout.optimizer()) {
                layout.parameters()
                        .forEach(segment ->
                                optimizer.slot(slot).put(segment, state.get(StateLayout.name(slot, segment))));
            }
        }
    }

    @Override
    public void close() {
        // Plain Java memory: nothing to release.
    }

    /** @param images whose mean loss the gradient is of */
    private ReferenceLoss loss(ReferencePass pass, int images) {
        return ReferenceLoss.of(loss, pass.activation(plan.logits()), pass.batch(), 1.0 / images);
    }

    private ReferenceBatch batch(int epoch, int step) {
        int count = program.at(step).batch();
        int firstPosition = program.firstPosition(step);
        int size = training.imageSize();
        int[] indices = Arrays.copyOfRange(order.of(epoch), firstPosition, firstPosition + count);
        double[] images = new double[count * size];
        for (int n = 0; n < count; n++) {
            double[] image = augmentation.image(training, indices[n], epoch, firstPosition + n);
            System.arraycopy(image, 0, images, n * size, size);
        }
        return new ReferenceBatch(rounding.round(images), training, indices, epoch, firstPosition);
    }

    private ReferenceBatch plainBatch(ImageSet images, int first, int count) {
        int size = images.imageSize();
        double[] values = new double[count * size];
        int[] indices = new int[count];
        for (int n = 0; n < count; n++) {
            System.arraycopy(ReferenceAugmentation.plain(images, first + n), 0, values, n * size, size);
            indices[n] = first + n;
        }
        return new ReferenceBatch(rounding.round(values), images, indices, 0, 0);
    }

    private static Tensor tensor(Slot slot, int count, double[] values) {
        return new Tensor(CanonicalShape.of(slot, count), ReferenceArena.narrow(values));
    }
}
