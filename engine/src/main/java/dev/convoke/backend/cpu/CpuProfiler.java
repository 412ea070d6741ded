package dev.convoke.backend.cpu;

import dev.convoke.backend.StepProfile;
import dev.convoke.backend.StepProfile.Pass;
import dev.convoke.plan.Op;
import dev.convoke.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The parts of a training step, and when each began and ended. The marks are there before the first step. */
final class CpuProfiler {
    /** A part of a step; steps count as in an epoch. */
    interface Part {
        void run(int step);
    }

    private final int steps;
    private final List<StepProfile.Part> parts = new ArrayList<>();
    private final List<Part> work = new ArrayList<>();
    private final long[] stepNanos; // [steps]

    /** @param steps how many are to be measured */
    CpuProfiler(int steps) {
        this.steps = steps;
        stepNanos = new long[steps];
    }

    /** Adds what runs next in a step. */
    CpuProfiler then(String name, Pass pass, String kernels, Part part) {
        parts.add(new StepProfile.Part(name, pass, kernels, new long[steps], new long[steps]));
        work.add(part);
        return this;
    }

    /** Adds a network's forward pass, layer by layer. */
    CpuProfiler thenForward(CpuNetwork network) {
        for (CpuLayer layer : network.layers()) {
            then(name(network.plan(), layer), Pass.FORWARD, layer.forwardKernels(), step -> layer.forward());
        }
        return this;
    }

    /** Adds a network's backward pass, layer by layer. */
    CpuProfiler thenBackward(CpuNetwork network) {
        List<CpuLayer> layers = network.layers();
        for (int i = layers.size() - 1; i >= 0; i--) {
            CpuLayer layer = layers.get(i);
            then(name(network.plan(), layer), Pass.BACKWARD, layer.backwardKernels(), step -> layer.backward());
        }
        return this;
    }

    /** The ops between a layer's input and its output, joined. */
    private static String name(Plan plan, CpuLayer layer) {
        int first = layer.input().slot().id();
        int last = layer.output().slot().id();
        return plan.ops().stream()
                .filter(op -> op.input() >= first && op.output() <= last)
                .map(Op::name)
                .collect(Collectors.joining("+"));
    }

    /** Runs all parts of {@code step} and notes their times at {@code place}. */
    void run(int step, int place) {
        long begin = System.nanoTime();
        for (int i = 0; i < work.size(); i++) {
            StepProfile.Part part = parts.get(i);
            long start = System.nanoTime();
            work.get(i).run(step);
            part.nanos()[place] = System.nanoTime() - start;
            part.startNanos()[place] = start - begin;
        }
        stepNanos[place] = System.nanoTime() - begin;
    }

    /** Runs one part of {@code step}, without noting anything. */
    void runPart(int part, int step) {
        work.get(part).run(step);
    }

    StepProfile profile() {
        return new StepProfile(parts, stepNanos);
    }
}
