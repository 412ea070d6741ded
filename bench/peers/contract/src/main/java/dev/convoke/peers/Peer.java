package dev.convoke.peers;

/** An engine that can run the benchmark's workloads, in a separate JVM. */
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
     * Prepares the network for inference.
     *
     * @throws UnsupportedOperationException with a one-line reason, if this peer does not support inference, or cannot
     *     build the network
     */
    Classifier classify(Workload workload);

    /** A network in training. */
    interface Trainer extends AutoCloseable {
        /** Back to the workload's weights, with fresh optimizer state. */
        void reset();

        /**
         * Trains steps {@code from .. to - 1} of the workload: conversion and transfer of images, forward, backward, Adam.
         *
         * @return mean data loss of the images
         */
        double train(int from, int to);

        @Override
        void close();
    }

    /** A network for inference. */
    interface Classifier extends AutoCloseable {
        /** Classifies the images of every step, batch by batch. */
        Answers classify();

        @Override
        void close();
    }

    /**
     * Predictions.
     *
     * @param classes {@code [images]}, the most probable class
     * @param confidence {@code [images]}, its softmax probability
     */
    record Answers(int[] classes, float[] confidence) {
        /** Predictions for {@code images} images, to be filled in. */
        public static Answers of(int images) {
            return new Answers(new int[images], new float[images]);
        }

        /** Sets the prediction for image {@code index} from its {@code count} class probabilities. */
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
