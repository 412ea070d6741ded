package dev.convoke.backend.cpu;

import dev.convoke.backend.StepProfile;
import dev.convoke.backend.StepProfile.Pass;
import dev.convoke.backend.graph.GraphLayer;
import dev.convoke.backend.graph.Network;
import java.util.ArrayList;
import java.util.List;

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
    CpuProfiler thenForward(Network<CpuLayer> network) {
        for (CpuLayer layer : network.layers()) {
            if (layer.task() != GraphLayer.Task.SUM) {
                Pass pass = layer.task() == GraphLayer.Task.OPS ? Pass.FORWARD : Pass.REORDER;
                then(layer.name(), pass, layer.forwardKernels(), step -> layer.forward());
            }
        }
        return this;
    }

    /** Adds a network's backward pass, layer by layer. */
    CpuProfiler thenBackward(Network<CpuLayer> network) {
        List<CpuLayer> layers = network.layers();
        for (int i = layers.size() - 1; i >= 0; i--) {
            CpuLayer layer = layers.get(i);
            Pass pass = switch (layer.task()) {
                case OPS -> Pass.BACKWARD;
                case SUM -> Pass.SUM;
                case REORDER -> Pass.REORDER;
            };
            then(layer.name(), pass, layer.backwardKernels(), step -> layer.backward());
        }
        return this;
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
