package dev.convoke.backend.cpu;

import dev.convoke.backend.graph.Activations;
import dev.convoke.backend.graph.Buffer;
import dev.convoke.backend.graph.Mode;
import dev.convoke.plan.Op;
import dev.convoke.plan.Segment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * The passes of a convolution or a dense layer by oneDNN: forward and back to the input part by part, each on one thread, the
 * gradients of the weights over the whole batch at once.
 *
 * <p>oneDNN chooses the layout of the weights that it multiplies; copies in that layout follow the arena. Operands in a number
 * format with fewer bits are copies too.
 */
final class DnnlPasses {
    private final CpuContext context;
    private final Op op;
    private final CpuParts parts;
    private final Activations input;
    private final Activations output;
    private final IntFunction<DnnlAffine> shapes; // by images
    private final CpuReluFusion relu;
    private final Mode mode;
    private final List<KernelCopy> kernels = new ArrayList<>();
    private final CpuPackedWeights packed = new CpuPackedWeights(1, (from, to) -> copyKernels());
    private final DnnlCall[] forward; // by part
    private final DnnlCall @Nullable [] narrowInput; // by part
    private final DnnlCall @Nullable [] narrowGradient; // by part
    private final DnnlCall @Nullable [] data; // by part
    private final @Nullable DnnlCall weights;
    private final @Nullable DnnlCall gradientToArena;
    private final List<DnnlPrimitive> primitives = new ArrayList<>(); // of the backward pass
    private final Map<Integer, DnnlPrimitive> forwardByImages = new HashMap<>();
    private final Map<Integer, DnnlAffine> affineByImages = new HashMap<>();

    /**
     * The kernel in a layout that a primitive has chosen.
     *
     * @param reorder makes the copy; null if the arena is read directly
     * @param scratch scratch memory of the copy, separate since it may run concurrently with other work
     */
    private record KernelCopy(
            DnnlLayout layout, Pointer data, @Nullable DnnlCall reorder, BytePointer scratch) {}

    /** @param shapes the layer for a number of images */
    DnnlPasses(
            CpuContext context,
            Mode mode,
            Op op,
            CpuParts parts,
            CpuReluFusion relu,
            Activations input,
            Activations output,
            IntFunction<DnnlAffine> shapes) {
        this.context = context;
        this.mode = mode;
        this.op = op;
        this.parts = parts;
        this.relu = relu;
        this.input = input;
        this.output = output;
        this.shapes = shapes;
        boolean narrow = context.operands() != DnnlFormat.FLOAT32;
        Pointer x = narrow ? narrowCopy(input) : null;
        narrowInput = x == null ? null : narrowing(input, input.values(), x, true);
        forward = byPart(part -> forward(part, x));
        if (!output.hasGradient()) {
            narrowGradient = null;
            data = null;
            weights = null;
            gradientToArena = null;
            return;
        }
        Pointer dy = narrow ? narrowCopy(output) : null;
        narrowGradient = dy == null ? null : narrowing(output, output.gradientBuffer(), dy, false);
        data = input.hasGradient() ? backwardData(dy) : null;
        DnnlPrimitive product = op.isTrained() ? backwardWeights() : null;
        Pointer target = product == null ? null : kernelGradient(product);
        weights = product == null || target == null ? null : weights(product, target, x, dy);
        gradientToArena = product == null || target == null ? null : gradientToArena(product, target);
    }

    private DnnlCall[] byPart(IntFunction<DnnlCall> call) {
        DnnlCall[] calls = new DnnlCall[parts.count()];
        for (int part = 0; part < calls.length; part++) {
            calls[part] = call.apply(part);
        }
        return calls;
    }

    private DnnlAffine affine(int images) {
        return affineByImages.computeIfAbsent(images, shapes::apply);
    }

    private DnnlPrimitive forwardPrimitive(int images) {
        return forwardByImages.computeIfAbsent(images, count -> affine(count).forward(mode, relu));
    }

    // [N, ..] in the narrower format
    private Pointer narrowCopy(Activations wide) {
        return context.resources().allocate(op.name() + " operands", wide.count() * Short.BYTES);
    }

    private DnnlCall[] narrowing(Activations of, Buffer wide, Pointer copy, boolean source) {
        return byPart(part -> {
            DnnlAffine.Layouts layouts = affine(parts.images(part)).layouts();
            DnnlLayout from = source ? layouts.source() : layouts.target();
            DnnlLayout to = source ? layouts.sourceOperand() : layouts.targetOperand();
            DnnlPrimitive reorder = DnnlPrimitive.reorder(context.engine(), op.name(), from, to);
            return new DnnlCall(reorder)
                    .bind(dnnl.DNNL_ARG_FROM, from, wide, offset(of, part, Float.BYTES))
                    .bind(dnnl.DNNL_ARG_TO, to, at(copy, of, part));
        });
    }

    private long offset(Activations of, int part, int bytes) {
        return (long) parts.from(part) * of.shape().size() * bytes;
    }

    private Pointer at(Pointer narrow, Activations of, int part) {
        return new BytePointer(narrow).getPointer(offset(of, part, Short.BYTES));
    }

    private DnnlCall forward(int part, @Nullable Pointer x) {
        int images = parts.images(part);
        DnnlAffine.Layouts layouts = affine(images).layouts();
        DnnlPrimitive primitive = forwardPrimitive(images);
        KernelCopy kernel = kernel(primitive.layout(dnnl.dnnl_query_weights_md), layouts.arenaKernel());
        DnnlCall call = new DnnlCall(primitive)
                .bind(dnnl.DNNL_ARG_WEIGHTS, kernel.layout(), kernel.data())
                .bind(dnnl.DNNL_ARG_DST, layouts.target(), output.values(), offset(output, part, Float.BYTES));
        bindInput(call, dnnl.DNNL_ARG_SRC, layouts.sourceOperand(), x, part);
        return bindBias(call, dnnl.DNNL_ARG_BIAS, layouts);
    }

    private void bindInput(DnnlCall call, int argument, DnnlLayout layout, @Nullable Pointer narrow, int part) {
        if (narrow == null) {
            call.bind(argument, layout, input.values(), offset(input, part, Float.BYTES));
        } else {
            call.bind(argument, layout, at(narrow, input, part));
        }
    }

    private void bindGradient(DnnlCall call, DnnlLayout layout, @Nullable Pointer narrow, int part) {
        if (narrow == null) {
            call.bind(dnnl.DNNL_ARG_DIFF_DST, layout, output.gradientBuffer(), offset(output, part, Float.BYTES));
        } else {
            call.bind(dnnl.DNNL_ARG_DIFF_DST, layout, at(narrow, output, part));
        }
    }

    private DnnlCall bindBias(DnnlCall call, int argument, DnnlAffine.Layouts layouts) {
        Segment bias = op.bias();
        DnnlLayout layout = layouts.bias();
        if (bias != null && layout != null) {
            boolean gradient = argument == dnnl.DNNL_ARG_DIFF_BIAS;
            call.bind(
                    argument,
                    layout,
                    gradient
                            ? context.gradients().of(bias)
                            : context.parameters().of(bias));
        }
        return call;
    }

    private DnnlCall[] backwardData(@Nullable Pointer dy) {
        Map<Integer, DnnlPrimitive> byImages = new HashMap<>();
        DnnlCall[] calls = byPart(part -> {
            int images = parts.images(part);
            DnnlAffine affine = affine(images);
            DnnlPrimitive primitive =
                    byImages.computeIfAbsent(images, count -> affine.backwardData(forwardPrimitive(count)));
            KernelCopy kernel = kernel(
                    primitive.layout(dnnl.dnnl_query_weights_md),
                    affine.layouts().arenaKernel());
            DnnlCall call = new DnnlCall(primitive)
                    .bind(dnnl.DNNL_ARG_WEIGHTS, kernel.layout(), kernel.data())
                    .bind(
                            dnnl.DNNL_ARG_DIFF_SRC,
                            affine.layouts().source(),
                            input.gradientBuffer(),
                            offset(input, part, Float.BYTES));
            bindGradient(call, affine.layouts().targetOperand(), dy, part);
            return call;
        });
        primitives.addAll(byImages.values());
        return calls;
    }

    private DnnlPrimitive backwardWeights() {
        int images = output.batch();
        DnnlPrimitive primitive = affine(images).backwardWeights(forwardPrimitive(images));
        primitives.add(0, primitive);
        return primitive;
    }

    private Pointer kernelGradient(DnnlPrimitive product) {
        DnnlLayout given = product.layout(dnnl.dnnl_query_diff_weights_md);
        return given.sameAs(affine(output.batch()).layouts().arenaKernel())
                ? context.gradients().of(op.kernel())
                : context.resources().allocate(op.name() + " kernel gradient", given.bytes());
    }

    private DnnlCall weights(DnnlPrimitive product, Pointer target, @Nullable Pointer x, @Nullable Pointer dy) {
        DnnlAffine.Layouts layouts = affine(output.batch()).layouts();
        DnnlCall call = new DnnlCall(product)
                .bind(dnnl.DNNL_ARG_DIFF_WEIGHTS, product.layout(dnnl.dnnl_query_diff_weights_md), target);
        bindInput(call, dnnl.DNNL_ARG_SRC, layouts.sourceOperand(), x, 0);
        bindGradient(call, layouts.targetOperand(), dy, 0);
        return bindBias(call, dnnl.DNNL_ARG_DIFF_BIAS, layouts);
    }

    private @Nullable DnnlCall gradientToArena(DnnlPrimitive product, Pointer target) {
        DnnlLayout given = product.layout(dnnl.dnnl_query_diff_weights_md);
        DnnlLayout arena = affine(output.batch()).layouts().arenaKernel();
        if (given.sameAs(arena)) {
            return null;
        }
        return new DnnlCall(DnnlPrimitive.reorder(context.engine(), op.name(), given, arena))
                .bind(dnnl.DNNL_ARG_FROM, given, target)
                .bind(dnnl.DNNL_ARG_TO, arena, context.gradients().of(op.kernel()));
    }

    private KernelCopy kernel(DnnlLayout wanted, DnnlLayout arena) {
        for (KernelCopy copy : kernels) {
            if (copy.layout().sameAs(wanted)) {
                return copy;
            }
        }
        Pointer source = context.parameters().of(op.kernel());
        KernelCopy copy;
        if (arena.sameAs(wanted)) {
            copy = new KernelCopy(arena, source, null, new BytePointer((Pointer) null));
        } else {
            Pointer data = context.resources().allocate(op.name() + " kernel", wanted.bytes());
            DnnlPrimitive primitive = DnnlPrimitive.reorder(context.engine(), op.name(), arena, wanted);
            DnnlCall reorder = new DnnlCall(primitive)
                    .bind(dnnl.DNNL_ARG_FROM, arena, source)
                    .bind(dnnl.DNNL_ARG_TO, wanted, data);
            long scratch = primitive.layout(dnnl.dnnl_query_scratchpad_md).bytes();
            copy = new KernelCopy(wanted, data, reorder, context.resources().allocate(op.name() + " kernel", scratch));
        }
        kernels.add(copy);
        return copy;
    }

    private void copyKernels() {
        for (int i = 0; i < kernels.size(); i++) {
            DnnlCall reorder = kernels.get(i).reorder();
            if (reorder != null) {
                reorder.execute(kernels.get(i).scratch());
            }
        }
    }

    /** The copies of the kernel that the passes read. */
    CpuPackedWeights packed() {
        return packed;
    }

    /** Description of the kernels of the forward pass. */
    String forwardKernels() {
        return CpuKernels.library(forwardByImages.values().toArray(DnnlPrimitive[]::new));
    }

    /** Description of the kernels of the backward pass. */
    String backwardKernels() {
        return primitives.isEmpty() ? "" : CpuKernels.library(primitives.toArray(DnnlPrimitive[]::new));
    }

    void forward(int part, int worker) {
        BytePointer workspace = context.workspaces().of(worker);
        if (narrowInput != null) {
            narrowInput[part].execute(workspace);
        }
        forward[part].execute(workspace);
    }

    /** From the gradient of the output to that of the input, where it has one. */
    void backwardData(int part, int worker) {
        BytePointer workspace = context.workspaces().of(worker);
        if (narrowGradient != null) {
            narrowGradient[part].execute(workspace);
        }
        if (data != null) {
            data[part].execute(workspace);
        }
    }

    /** Gradients of kernel and bias, in one piece. */
    List<CpuUpdate> updates() {
        DnnlCall product = weights;
        if (product == null) {
            return List.of();
        }
        DnnlCall copy = gradientToArena;
        List<CpuParameterRange> ranges =
                op.parameters().stream().map(CpuParameterRange::all).toList();
        return List.of(new CpuUpdate(
                ranges,
                (task, worker) -> {
                    BytePointer workspace = context.workspaces().of(worker);
                    product.execute(workspace);
                    if (copy != null) {
                        copy.execute(workspace);
                    }
                },
                () -> packed.pack(0, 1, context.packings().version())));
    }
}
