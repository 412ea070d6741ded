package dev.convoke.backend.cuda;

import dev.convoke.backend.Evaluation;
import dev.convoke.backend.TrainingSums;
import dev.convoke.datasets.ImageSet;
import dev.convoke.kernels.CudaKernels;
import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;

/** The evaluation of one image set, recorded for a batch and replayed; the answers lie on the device until the end. */
final class CudaEvaluation {
    private static final String LABEL = "an evaluation";

    private final CudaContext context;
    private final CudaNetwork network;
    private final CudaLoss loss;
    private final CudaOptimizer optimizer;
    private final int total;
    private final CudaResources resources; // its own, since it may end before the session
    private final CudaImages images;
    private final CudaLoader loader;
    private final BytePointer predictions; // [total], uint8
    private final BytePointer confidences; // [total], float32
    private final BytePointer hostPredictions; // pinned
    private final FloatPointer hostConfidences; // pinned

    private final CudaGraph batch;

    CudaEvaluation(CudaContext context, CudaNetwork network, CudaLoss loss, CudaOptimizer optimizer, ImageSet set) {
        this.context = context;
        this.network = network;
        this.loss = loss;
        this.optimizer = optimizer;
        total = set.count();
        resources = new CudaResources(context.resources().device());
        try {
            images = CudaImages.acquire(resources.device(), set);
            resources.onClose(images::release);
            loader = CudaLoader.plain(context, images, order());
            long bytes = (long) total * Float.BYTES;
            predictions = resources.allocate("predictions", total);
            confidences = resources.allocate("confidences", bytes);
            hostPredictions = resources.allocateHost("predictions", total);
            hostConfidences = new FloatPointer(resources.allocateHost("confidences", bytes));
            resources.stream().synchronize(LABEL);
            batch = context.queue().capture(LABEL, this::queueBatch);
            resources.onClose(batch::close);
        } catch (RuntimeException | Error e) {
            resources.close();
            throw e;
        }
    }

    // Every image in its place.
    private BytePointer order() {
        int[] places = new int[total];
        Arrays.setAll(places, i -> i);
        long bytes = (long) total * Integer.BYTES;
        BytePointer device = resources.allocate("order", bytes);
        try (IntPointer host = new IntPointer(places)) {
            resources.stream().upload(device, host, bytes, LABEL);
            resources.stream().synchronize(LABEL);
        }
        return device;
    }

    private void queueBatch() {
        loader.load(network.input(), loss.labels());
        network.forward();
        loss.evaluate(network.logits(), total, predictions, confidences);
        CudaRuntime.check(
                CudaKernels.advance(context.state().device(), network.batch(), context.stream()),
                "convoke_cuda_advance",
                LABEL);
    }

    ImageSet images() {
        return images.images();
    }

    Evaluation run() {
        CudaStream queue = context.queue();
        context.state().begin(0, 0, 0);
        for (int first = 0; first < total; first += network.batch()) {
            batch.launch();
        }
        optimizer.measurePenalty();
        context.state().fetch();
        queue.download(hostPredictions, predictions, total, LABEL);
        queue.download(hostConfidences, confidences, (long) total * Float.BYTES, LABEL);
        queue.synchronize(LABEL);
        byte[] answers = new byte[total];
        float[] confidence = new float[total];
        hostPredictions.get(answers);
        hostConfidences.get(confidence);
        TrainingSums sums = context.state().sums();
        return new Evaluation(sums.dataLoss() / total, optimizer.penalty(), (int) sums.correct(), answers, confidence);
    }

    /** Gives everything back; nothing of it may be queued any more. */
    void close() {
        resources.close();
    }
}
