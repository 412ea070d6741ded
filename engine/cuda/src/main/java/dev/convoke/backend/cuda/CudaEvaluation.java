package dev.convoke.backend.cuda;

import dev.convoke.backend.Evaluation;
import dev.convoke.backend.TrainingSums;
import dev.convoke.backend.graph.Activations;
import dev.convoke.backend.graph.Network;
import dev.convoke.datasets.ImageSet;
import dev.convoke.model.Loss;
import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;

/** The evaluation of one image set, recorded for a batch and replayed; the predictions stay on the device until the end. */
final class CudaEvaluation {
    private static final String LABEL = "an evaluation";

    private final CudaContext context;
    private final Network<CudaLayer> network;
    private final CudaLoss loss;
    private final CudaOptimizer optimizer;
    private final int total;
    private final CudaResources resources; // its own, since it may end before the session
    private final CudaImages images;
    private final CudaLoader loader;
    private final CudaPredictions answers;
    private final CudaGraph batch;

    CudaEvaluation(
            CudaContext context, Network<CudaLayer> network, CudaLoss loss, CudaOptimizer optimizer, ImageSet set) {
        this.context = context;
        this.network = network;
        this.loss = loss;
        this.optimizer = optimizer;
        total = set.count();
        resources = new CudaResources(context.resources().device());
        try {
            Loss spec = network.plan().model().loss();
            images = CudaImages.acquire(resources.device(), set, spec);
            resources.onClose(images::release);
            loader = CudaLoader.plain(context, images, order());
            answers = CudaPredictions.of(resources, context.queue(), spec, total);
            resources.stream().synchronize(LABEL);
            batch = context.queue().capture(LABEL, () -> queueBatch(total));
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

    /** Queues the batch at the state's position, of which the images before {@code end} count. */
    private void queueBatch(int end) {
        loader.load(network.input(), loss.targets());
        network.forward();
        loss.evaluate(network.output(), end, answers);
        context.state().advance(network.batch(), LABEL);
    }

    ImageSet images() {
        return images.images();
    }

    /** Images {@code from .. to - 1}. */
    Evaluation run(int from, int to) {
        context.state().begin(0, 0, from);
        for (int first = from; first < to; first += network.batch()) {
            runBatch(first, to);
        }
        optimizer.measurePenalty();
        context.state().fetch();
        answers.fetch(from, to);
        context.queue().synchronize(LABEL);
        int count = to - from;
        int[] predictions = new int[count];
        float[] confidence = new float[count];
        answers.read(predictions, confidence);
        TrainingSums sums = context.state().sums();
        return new Evaluation(
                sums.dataLoss() / count,
                optimizer.penalty(),
                sums.first() / count,
                sums.second() / count,
                predictions,
                confidence);
    }

    /** The answers to images {@code from .. to - 1}, {@code [N, outputs]}. */
    float[] outputs(int from, int to) {
        Activations output = network.output();
        Loss spec = network.plan().model().loss();
        float[] answers = new float[(to - from) * spec.outputs()];
        CudaMemory memory = new CudaMemory(context.resources());
        context.state().begin(0, 0, from);
        for (int first = from; first < to; first += network.batch()) {
            runBatch(first, to);
            int count = Math.min(network.batch(), to - first) * spec.outputs();
            float[] values = memory.readActivations(output.data(), count, output.valueBytes());
            System.arraycopy(values, 0, answers, (first - from) * spec.outputs(), count);
        }
        spec.toPredictions(answers);
        return answers;
    }

    /** Queues the batch that begins with image {@code first}; the position on the device is there already. */
    private void runBatch(int first, int to) {
        // The recording counts every image of the set. Only a last batch that goes on beyond the range is another.
        if (to == total || first + network.batch() <= to) {
            batch.launch();
        } else {
            queueBatch(to);
        }
    }

    /** Gives everything back; nothing of it may be queued any more. */
    void close() {
        resources.close();
    }
}
