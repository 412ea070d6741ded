package dev.convoke.backend.cuda;

import dev.convoke.backend.TargetRows;
import dev.convoke.backend.graph.Activations;
import dev.convoke.backend.graph.NativeLoss;
import dev.convoke.kernels.CudaKernels;
import dev.convoke.kernels.Kernels;
import dev.convoke.model.Loss;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** The loss of a network; its sums and those of its figures add up in the state on the device. */
final class CudaLoss {
    private static final float WHOLE = 1; // weight of a loss that is the only one

    private final CudaContext context;
    private final CudaStepPlans plans;
    private final int trainingImages;
    private final Kernels.Loss spec; // host
    private final @Nullable Pointer weights; // [K], float32; null for 1
    private final BytePointer targets; // [N, words]
    private final BytePointer losses; // [N], float32
    private final BytePointer figures; // [N, 2], float32

    /** @param mostImages the largest batch, N */
    CudaLoss(CudaContext context, Loss loss, CudaStepPlans plans, int trainingImages, int mostImages) {
        this.context = context;
        this.plans = plans;
        this.trainingImages = trainingImages;
        CudaResources resources = context.resources();
        spec = resources.own(NativeLoss.of(loss));
        weights = weights(resources, NativeLoss.weights(loss));
        targets = resources.allocate("targets", (long) mostImages * TargetRows.width(loss) * Integer.BYTES);
        losses = resources.allocate("losses", (long) mostImages * Float.BYTES);
        figures = resources.allocate("figures", 2L * mostImages * Float.BYTES);
    }

    private static @Nullable Pointer weights(CudaResources resources, List<Double> weights) {
        if (weights.isEmpty()) {
            return null;
        }
        String name = "class weights";
        long bytes = (long) weights.size() * Float.BYTES;
        Pointer device = resources.allocate(name, bytes);
        try (FloatPointer host = new FloatPointer(weights.size())) {
            for (int i = 0; i < weights.size(); i++) {
                host.put(i, weights.get(i).floatValue());
            }
            resources.stream().upload(device, host, bytes, name);
            resources.stream().synchronize(name);
        }
        return device;
    }

    /** The targets of the batch's images, to be filled before a loss is asked for. */
    Pointer targets() {
        return targets;
    }

    /** Loss of a whole batch and, if it is needed, the gradient of the mean that the step's plan defines. */
    void train(Activations output) {
        Pointer gradient = output.hasGradient() ? output.gradientData() : null;
        run(output, trainingImages, plans.device(), gradient, null, null, null);
    }

    /**
     * Loss of the images of a batch that are among the first {@code positions}, and their predictions.
     *
     * @param answers predictions of all positions
     */
    void evaluate(Activations output, int positions, CudaPredictions answers) {
        run(output, positions, null, null, answers.predictions(), answers.confidences(), answers.values());
    }

    private void run(
            Activations output,
            int positions,
            @Nullable Pointer scales,
            @Nullable Pointer gradient,
            @Nullable Pointer predictions,
            @Nullable Pointer confidences,
            @Nullable Pointer answers) {
        CudaRuntime.check(
                CudaKernels.loss(
                        spec,
                        context.format().code(),
                        output.data(),
                        targets,
                        weights,
                        output.batch(),
                        positions,
                        WHOLE,
                        scales,
                        plans.steps(),
                        gradient,
                        losses,
                        figures,
                        predictions,
                        confidences,
                        answers,
                        null,
                        context.state().device(),
                        context.stream()),
                "convoke_cuda_loss",
                "the loss");
    }
}
