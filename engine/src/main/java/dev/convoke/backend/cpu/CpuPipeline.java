package dev.convoke.backend.cpu;

import dev.convoke.backend.TrainingOrder;
import dev.convoke.kernels.Kernels;
import dev.convoke.pipeline.Augmentation;
import dev.convoke.plan.Program;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.jspecify.annotations.Nullable;

/** Fills a training batch: gathers the images of a step in the epoch's order, augments them, gathers their labels. */
final class CpuPipeline {
    private final Program program;
    private final CpuImages images;
    private final int imageSize;
    private final int threads;
    private final TrainingOrder order;
    private final IntPointer indices; // [N]
    private final @Nullable CpuAugmentation augmentation;

    CpuPipeline(CpuContext context, Program program, CpuImages images, Augmentation changes) {
        this.program = program;
        this.images = images;
        imageSize = program.full().model().input().size();
        threads = context.threads();
        order = new TrainingOrder(context.trial().seed(), program.trainingImages());
        int most = program.full().batch();
        indices = new IntPointer(context.resources().allocate("order", (long) most * Integer.BYTES));
        augmentation = changes.isNone() ? null : new CpuAugmentation(context, program, changes);
    }

    /** What serves a batch, in words. */
    String kernels() {
        return CpuKernels.own(augmentation == null ? "gather" : augmentation.kernels());
    }

    /** Works out everything about steps {@code fromStep .. toStep - 1} that is not done step by step. */
    void prepare(int epoch, int fromStep, int toStep) {
        order.of(epoch);
        if (augmentation != null && fromStep < toStep) {
            int last = toStep - 1;
            int end = program.firstPosition(last) + program.at(last).batch();
            augmentation.prepare(epoch, program.firstPosition(fromStep), end);
        }
    }

    /** Fills {@code input} and {@code labels} with the images of a step that was prepared. */
    void load(int epoch, int step, CpuTensor input, BytePointer labels) {
        int count = input.batch();
        int first = program.firstPosition(step);
        indices.put(order.of(epoch), first, count);
        Kernels.gatherLabels(images.labels(), indices, count, labels);
        if (augmentation == null) {
            Kernels.gather(images.pixels(), indices, count, imageSize, input.data(), threads);
        } else {
            augmentation.apply(images.pixels(), indices, epoch, first, input);
        }
    }
}
