package dev.convoke.backend.cuda;

import dev.convoke.model.Loss;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Predictions for the images of a set, by position, kept on the device until requested. Either the kernel of the loss finds
 * each image's largest output, or all outputs are copied to the host, which finds it.
 */
abstract sealed class CudaPredictions {
    private static final String LABEL = "the answers";

    private final CudaStream stream;

    private CudaPredictions(CudaStream stream) {
        this.stream = stream;
    }

    /**
     * Allocates memory for the predictions of {@code total} images.
     *
     * @param stream on which they are read
     */
    static CudaPredictions of(CudaResources resources, CudaStream stream, Loss loss, int total) {
        return findsLargest(loss) ? new Found(resources, stream, total) : new All(resources, stream, loss, total);
    }

    // One sigmoid is a yes or a no for the kernel, while an Evaluation tells how likely the yes is; numbers are left to
    // the
    // host. A sigmoid's probabilities do not tell which output was the largest: those of large ones are all 1.
    private static boolean findsLargest(Loss loss) {
        return switch (loss.kind()) {
            case SOFTMAX_CROSS_ENTROPY -> true;
            case SIGMOID_CROSS_ENTROPY -> loss.outputs() > 1;
            case MEAN_SQUARED_ERROR, HUBER -> false;
        };
    }

    /** {@code [total]}, int32; null where the kernel does not find them. */
    abstract @Nullable Pointer predictions();

    /** {@code [total]}, float32; null where the kernel does not find them. */
    abstract @Nullable Pointer confidences();

    /** {@code [total, K]}, float32; null where the host does not need them. */
    abstract @Nullable Pointer values();

    /** Queues the copy of the predictions {@code from .. to - 1} to the host. */
    abstract void fetch(int from, int to);

    /** Reads what was fetched last, once the stream has been waited for: the largest output of each image, and its value. */
    abstract void read(int[] predictions, float[] confidence);

    /** Queues rows {@code from .. to - 1}, to the beginning of {@code host}. */
    final void download(Pointer host, BytePointer device, long rowBytes, int from, int to) {
        stream.download(host, device.getPointer(from * rowBytes), (to - from) * rowBytes, LABEL);
    }

    /** By the kernel. */
    private static final class Found extends CudaPredictions {
        private final BytePointer predictions;
        private final BytePointer confidences;
        private final IntPointer hostPredictions; // pinned
        private final FloatPointer hostConfidences; // pinned

        Found(CudaResources resources, CudaStream stream, int total) {
            super(stream);
            long bytes = (long) total * Integer.BYTES;
            predictions = resources.allocate("predictions", bytes);
            confidences = resources.allocate("confidences", bytes);
            hostPredictions = new IntPointer(resources.allocateHost("predictions", bytes));
            hostConfidences = new FloatPointer(resources.allocateHost("confidences", bytes));
        }

        @Override
        Pointer predictions() {
            return predictions;
        }

        @Override
        Pointer confidences() {
            return confidences;
        }

        @Override
        @Nullable Pointer values() {
            return null;
        }

        @Override
        void fetch(int from, int to) {
            download(hostPredictions, predictions, Integer.BYTES, from, to);
            download(hostConfidences, confidences, Float.BYTES, from, to);
        }

        @Override
        void read(int[] found, float[] confidence) {
            hostPredictions.get(found);
            hostConfidences.get(confidence);
        }
    }

    /** By the host. */
    private static final class All extends CudaPredictions {
        private final int outputs; // K
        private final BytePointer values;
        private final FloatPointer host; // pinned

        All(CudaResources resources, CudaStream stream, Loss loss, int total) {
            super(stream);
            outputs = loss.outputs();
            long bytes = (long) total * outputs * Float.BYTES;
            values = resources.allocate(LABEL, bytes);
            host = new FloatPointer(resources.allocateHost(LABEL, bytes));
        }

        @Override
        @Nullable Pointer predictions() {
            return null;
        }

        @Override
        @Nullable Pointer confidences() {
            return null;
        }

        @Override
        Pointer values() {
            return values;
        }

        @Override
        void fetch(int from, int to) {
            download(host, values, (long) outputs * Float.BYTES, from, to);
        }

        @Override
        void read(int[] predictions, float[] confidence) {
            float[] rows = new float[predictions.length * outputs];
            host.get(rows);
            for (int n = 0; n < predictions.length; n++) {
                int largest = 0;
                for (int k = 1; k < outputs; k++) {
                    if (rows[n * outputs + k] > rows[n * outputs + largest]) {
                        largest = k;
                    }
                }
                predictions[n] = largest;
                confidence[n] = rows[n * outputs + largest];
            }
        }
    }
}
