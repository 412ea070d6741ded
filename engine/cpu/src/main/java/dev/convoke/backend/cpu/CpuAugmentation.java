package dev.convoke.backend.cpu;

import dev.convoke.kernels.Kernels;
import dev.convoke.model.ImageShape;
import dev.convoke.pipeline.Augmentation;
import dev.convoke.pipeline.Warp;
import dev.convoke.plan.Program;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.jspecify.annotations.Nullable;

/** Warps, flips and erases the images of a batch while it gathers them. */
final class CpuAugmentation {
    private final Augmentation changes;
    private final ImageShape shape;
    private final long seed;
    private final Warp warp;
    private final CpuWorkspaces workspaces;

    // For every position of an epoch, filled for the positions of one range at a time.
    private final float[] affine; // [images, 6]
    private final byte[] flips; // [images]
    private final int[] erased; // [images, 4], empty without random erasing

    // For the images of one batch.
    private final BytePointer affineBytes;
    private final FloatPointer batchAffine; // [N, 6]
    private final BytePointer batchFlips; // [N]
    private final @Nullable BytePointer erasedBytes;
    private final @Nullable IntPointer batchErased; // [N, 4]
    private int batchEpoch;
    private int batchFirst;
    private final @Nullable CpuElastic elastic;

    CpuAugmentation(CpuContext context, Program program, Augmentation changes) {
        this.changes = changes;
        shape = program.full().model().input();
        seed = context.trial().seed();
        warp = new Warp(changes, seed, shape.height(), shape.width());
        workspaces = context.workspaces();
        workspaces.atLeast(Kernels.augmentWorkspaceBytes(shape.height(), shape.width(), shape.channels(), 1));
        int images = program.trainingImages();
        int batch = program.full().batch();
        boolean erases = changes.erasing().probability() > 0;
        affine = new float[images * Warp.COEFFICIENTS];
        flips = new byte[images];
        erased = new int[erases ? images * Warp.RECTANGLE : 0];
        CpuResources resources = context.resources();
        affineBytes = resources.allocate("warps", (long) batch * Warp.COEFFICIENTS * Float.BYTES);
        batchAffine = new FloatPointer(affineBytes);
        batchFlips = resources.allocate("flips", batch);
        erasedBytes =
                erases ? resources.allocate("erased rectangles", (long) batch * Warp.RECTANGLE * Integer.BYTES) : null;
        batchErased = erasedBytes == null ? null : new IntPointer(erasedBytes);
        elastic = changes.elastic().alpha() > 0 ? new CpuElastic(context, changes.elastic(), shape, batch) : null;
    }

    /** Description of the kernels of a batch. */
    String kernels() {
        return elastic == null ? "gather, warp" : "elastic field, gather, warp";
    }

    /** Computes the augmentation of the images at positions {@code from .. to - 1}. */
    void prepare(int epoch, int from, int to) {
        for (int position = from; position < to; position++) {
            warp.affine(epoch, position, affine, position * Warp.COEFFICIENTS);
            flips[position] = (byte) warp.flips(epoch, position);
            if (batchErased != null) {
                warp.erased(epoch, position, erased, position * Warp.RECTANGLE);
            }
        }
    }

    /** Begins a batch of {@code count} images, the first of which is at position {@code first}. */
    void begin(int epoch, int first, int count) {
        batchAffine.put(affine, first * Warp.COEFFICIENTS, count * Warp.COEFFICIENTS);
        batchFlips.put(flips, first, count);
        if (batchErased != null) {
            batchErased.put(erased, first * Warp.RECTANGLE, count * Warp.RECTANGLE);
        }
        batchEpoch = epoch;
        batchFirst = first;
    }

    /** Changes the images of a batch that has begun, part by part. */
    Parts parts(CpuParts cut) {
        return new Parts(cut);
    }

    /** What the parts of a batch are changed by. */
    final class Parts {
        private final CpuParts cut;
        private final CpuPartPointers affines;
        private final CpuPartPointers flipped;
        private final @Nullable CpuPartPointers erasures;
        private final @Nullable CpuPartPointers displacements;

        private Parts(CpuParts cut) {
            this.cut = cut;
            affines = CpuPartPointers.of(affineBytes, cut, (long) Warp.COEFFICIENTS * Float.BYTES);
            flipped = CpuPartPointers.of(batchFlips, cut, 1);
            erasures = erasedBytes == null
                    ? null
                    : CpuPartPointers.of(erasedBytes, cut, (long) Warp.RECTANGLE * Integer.BYTES);
            displacements = elastic == null ? null : elastic.pieces(cut);
        }

        void apply(BytePointer pixels, IntPointer indices, int part, int worker, FloatPointer out) {
            FloatPointer displacement = displacements == null ? null : displacements.floats(part);
            if (elastic != null && displacement != null) {
                int position = batchFirst + cut.from(part);
                elastic.fill(seed, batchEpoch, position, cut.images(part), workspaces.of(worker), displacement);
            }
            run(
                    pixels,
                    indices,
                    cut.images(part),
                    affines.floats(part),
                    flipped.bytes(part),
                    displacement,
                    erasures == null ? null : erasures.ints(part),
                    workspaces.of(worker),
                    out);
        }
    }

    private void run(
            BytePointer pixels,
            IntPointer indices,
            int count,
            FloatPointer affines,
            BytePointer flipped,
            @Nullable FloatPointer displacement,
            @Nullable IntPointer erasures,
            BytePointer workspace,
            FloatPointer out) {
        Kernels.augment(
                pixels,
                shape.height(),
                shape.width(),
                shape.channels(),
                indices,
                count,
                affines,
                flipped,
                displacement,
                erasures,
                (float) changes.erasing().value(),
                workspace,
                out,
                1);
    }
}
