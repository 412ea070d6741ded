package dev.convoke.backend.cpu;

import dev.convoke.backend.TrainingOrder;
import dev.convoke.backend.graph.Activations;
import dev.convoke.kernels.Kernels;
import dev.convoke.pipeline.Augmentation;
import dev.convoke.plan.Program;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.jspecify.annotations.Nullable;

/** Fills a training batch: gathers the images of a step in the epoch's order, augments them, gathers their targets. */
final class CpuPipeline {
    private final Program program;
    private final CpuImages images;
    private final int imageSize;
    private final TrainingOrder order;
    private final BytePointer indexBytes;
    private final IntPointer indices; // [N]
    private final @Nullable CpuAugmentation augmentation;

    CpuPipeline(CpuContext context, Program program, CpuImages images, Augmentation changes) {
        this.program = program;
        this.images = images;
        imageSize = program.full().model().input().size();
        order = new TrainingOrder(context.trial().seed(), program.trainingImages());
        int most = program.full().batch();
        indexBytes = context.resources().allocate("order", (long) most * Integer.BYTES);
        indices = new IntPointer(indexBytes);
        augmentation = changes.isNone() ? null : new CpuAugmentation(context, program, changes);
    }

    /** Position in the epoch's order of the first image of {@code step}. */
    int firstPosition(int step) {
        return program.firstPosition(step);
    }

    /** Description of the kernels of a batch. */
    String kernels() {
        return CpuKernels.own(augmentation == null ? "gather" : augmentation.kernels());
    }

    /** Prepares steps {@code fromStep .. toStep - 1}: everything that is computed once per range. */
    void prepare(int epoch, int fromStep, int toStep) {
        order.of(epoch);
        if (augmentation != null && fromStep < toStep) {
            int last = toStep - 1;
            int end = program.firstPosition(last) + program.at(last).batch();
            augmentation.prepare(epoch, program.firstPosition(fromStep), end);
        }
    }

    /** Begins a step that was prepared: its images are then loaded part by part, its targets are filled in. */
    void begin(int epoch, int step, int count, BytePointer targets) {
        int first = program.firstPosition(step);
        indices.put(order.of(epoch), first, count);
        images.gatherTargets(indices, count, targets);
        if (augmentation != null) {
            augmentation.begin(epoch, first, count);
        }
    }

    /** Where the parts of a batch are loaded to. */
    Parts parts(Activations input, CpuParts cut) {
        return new Parts(input, cut);
    }

    /** Loads the images of a step that has begun, part by part. */
    final class Parts {
        private final CpuParts cut;
        private final CpuPartPointers input;
        private final CpuPartPointers order;
        private final CpuAugmentation.@Nullable Parts changes;

        private Parts(Activations input, CpuParts cut) {
            this.cut = cut;
            this.input = CpuPartPointers.values(input, cut);
            order = CpuPartPointers.of(indexBytes, cut, Integer.BYTES);
            changes = augmentation == null ? null : augmentation.parts(cut);
        }

        void load(int part, int worker) {
            if (changes == null) {
                Kernels.gather(images.pixels(), order.ints(part), cut.images(part), imageSize, input.floats(part), 1);
            } else {
                changes.apply(images.pixels(), order.ints(part), part, worker, input.floats(part));
            }
        }
    }
}
