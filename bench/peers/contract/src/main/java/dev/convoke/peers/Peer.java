package dev.convoke.peers;

/** An engine that can do the bench's work, in a JVM of its own. */
public interface Peer {
    /** Name, version and the options it runs with, one line. */
    String describe();

    /**
     * Makes the network ready to be trained from the workload's weights.
     *
     * @throws UnsupportedOperationException in one line, where this peer does not train, or cannot build the network
     */
    Trainer train(Workload workload);

    /**
     * Makes the network ready to answer images.
     *
     * @throws UnsupportedOperationException in one line, where this peer does not answer, or cannot build the network
     */
    Classifier classify(Workload workload);

    /** A network in training. */
    interface Trainer extends AutoCloseable {
        /** Back to the workload's weights, with fresh optimizer state. */
        void reset();

        /**
         * Trains steps {@code from .. to - 1} of the workload: images scaled and handed over, forward, backward, Adam.
         *
         * @return mean data loss of the images
         */
        double train(int from, int to);

        @Override
        void close();
    }

    /** A network that answers. */
    interface Classifier extends AutoCloseable {
        /** Answers the images of every step, batch by batch. */
        Answers classify();

        @Override
        void close();
    }

    /**
     * Answers to images.
     *
     * @param classes {@code [images]}, the most probable class
     * @param confidence {@code [images]}, its softmax probability
     */
    record Answers(int[] classes, float[] confidence) {
        /** Answers to {@code images} images, to be filled in. */
        public static Answers of(int images) {
            return new Answers(new int[images], new float[images]);
        }

        /** Takes the answer to image {@code index} from its {@code count} class probabilities. */
        public void take(int index, float[] probabilities, int offset, int count) {
            int best = 0;
            for (int i = 1; i < count; i++) {
                best = probabilities[offset + i] > probabilities[offset + best] ? i : best;
            }
            classes[index] = best;
            confidence[index] = probabilities[offset + best];
        }
    }
}
