package dev.convoke.datasets;

import java.util.Arrays;

/** The targets of the images of a set. The arrays are shared, not copied, and must not be modified. */
public sealed interface Targets {
    /** Images. */
    int count();

    /** Those of the images at {@code indices}, copied in that order. */
    Targets select(int[] indices);

    /**
     * One class of several.
     *
     * @param labels {@code [N]}, class indices
     */
    record Classes(int[] labels) implements Targets {
        @Override
        public int count() {
            return labels.length;
        }

        @Override
        public Targets select(int[] indices) {
            return new Classes(
                    Arrays.stream(indices).map(index -> labels[index]).toArray());
        }
    }

    /**
     * Numbers: what a regression predicts, or 1 and 0 for labels that hold and do not.
     *
     * @param width numbers of an image
     * @param values {@code [N, width]}
     */
    record Values(int width, float[] values) implements Targets {
        public Values {
            if (width < 1 || values.length % width != 0) {
                throw new IllegalArgumentException(values.length + " numbers are no rows of " + width);
            }
            for (float value : values) {
                if (!Float.isFinite(value)) {
                    throw new IllegalArgumentException("a target is " + value + ", not a finite number");
                }
            }
        }

        @Override
        public int count() {
            return values.length / width;
        }

        @Override
        public Targets select(int[] indices) {
            float[] chosen = new float[indices.length * width];
            for (int i = 0; i < indices.length; i++) {
                System.arraycopy(values, indices[i] * width, chosen, i * width, width);
            }
            return new Values(width, chosen);
        }
    }
}
