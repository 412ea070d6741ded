package dev.convoke.backend.cpu;

import dev.convoke.kernels.Kernels;
import java.util.Objects;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/** The forward pass of a network that is split by image: each part of a batch by itself, its images and losses too. */
final class CpuSplitEvaluation {
    private final CpuNetwork network;
    private final CpuPackings packings;
    private final CpuParts parts;
    private final CpuPieces order;
    private final CpuPieces input;
    private final CpuPartLoss loss;
    private final CpuPhases phases;
    private @Nullable CpuImages images; // while a batch runs

    /** @param order which images the batch is of, {@code [N]} of four bytes */
    CpuSplitEvaluation(CpuContext context, CpuNetwork network, CpuLoss totals, BytePointer order) {
        this.network = network;
        packings = context.packings();
        parts = CpuParts.of(network.batch(), context.threads());
        this.order = CpuPieces.of(order, parts, Integer.BYTES);
        input = CpuPieces.values(network.input(), parts);
        loss = new CpuPartLoss(context, totals, network.logits(), parts);
        phases = new CpuPhases(context.team(), parts.count()).byPart((part, worker) -> load(part));
        CpuSplitTraining.addForward(phases, network.layers());
        phases.byPart((part, worker) -> loss.run(part)).done();
    }

    private void load(int part) {
        Kernels.gather(
                Objects.requireNonNull(images).pixels(),
                order.ints(part),
                parts.images(part),
                network.input().shape().size(),
                input.floats(part),
                1);
    }

    /** Runs the batch whose order and labels are set, of which the first {@code count} images count. */
    void run(CpuImages set, int count) {
        packings.refresh();
        images = set;
        loss.begin(count);
        phases.run();
        loss.end();
        images = null;
    }
}
