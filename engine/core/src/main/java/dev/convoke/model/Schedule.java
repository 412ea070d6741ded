package dev.convoke.model;

/**
 * The learning rate as a pure function of the step. Steps count from 0 over the whole run, epochs follow from {@code
 * stepsPerEpoch}; {@code totalSteps} is the length of the run as planned, early stopping or not.
 */
public sealed interface Schedule {
    /** The rate at {@code step}. */
    double rate(long step, int stepsPerEpoch, long totalSteps);

    /** One rate throughout. */
    record Constant(double learningRate) implements Schedule {
        public Constant {
            Check.positive("learning rate", learningRate);
        }

        @Override
        public double rate(long step, int stepsPerEpoch, long totalSteps) {
            return learningRate;
        }
    }

    /** Multiplied by {@code factor} after every {@code epochs} epochs. */
    record Step(double learningRate, int epochs, double factor) implements Schedule {
        public Step {
            Check.positive("learning rate", learningRate);
            Check.positive("epochs", epochs);
            Check.positive("factor", factor);
        }

        @Override
        public double rate(long step, int stepsPerEpoch, long totalSteps) {
            long drops = step / stepsPerEpoch / epochs;
            return learningRate * StrictMath.pow(factor, (double) drops);
        }
    }

    /** Multiplied by {@code decay} an epoch, smoothly from step to step. */
    record Exponential(double learningRate, double decay) implements Schedule {
        public Exponential {
            Check.positive("learning rate", learningRate);
            Check.positive("decay", decay);
        }

        @Override
        public double rate(long step, int stepsPerEpoch, long totalSteps) {
            return learningRate * StrictMath.pow(decay, (double) step / stepsPerEpoch);
        }
    }

    /** Half a cosine from the learning rate down to {@code minimum} at the end of the run. */
    record Cosine(double learningRate, double minimum) implements Schedule {
        public Cosine {
            Check.positive("learning rate", learningRate);
            Check.notNegative("minimum", minimum);
        }

        @Override
        public double rate(long step, int stepsPerEpoch, long totalSteps) {
            return fall(learningRate, minimum, (double) step / Math.max(1, totalSteps));
        }
    }

    /**
     * Cosine rise from {@code peak / startDivisor} to {@code peak} over the first {@code rise} of the run, cosine fall to
     * {@code peak / endDivisor} over the rest (Smith and Topin 2018).
     */
    record OneCycle(double peak, double rise, double startDivisor, double endDivisor) implements Schedule {
        public OneCycle {
            Check.positive("peak", peak);
            Check.positive("start divisor", startDivisor);
            Check.positive("end divisor", endDivisor);
            if (!(rise > 0 && rise < 1)) {
                throw new ModelException("rise must be in (0, 1), not " + rise);
            }
        }

        @Override
        public double rate(long step, int stepsPerEpoch, long totalSteps) {
            double progress = (double) step / Math.max(1, totalSteps);
            return progress < rise
                    ? fall(peak / startDivisor, peak, progress / rise)
                    : fall(peak, peak / endDivisor, (progress - rise) / (1 - rise));
        }
    }

    /**
     * A straight line up to the rate that {@code then} begins with, which is reached after {@code steps} steps; from there on
     * {@code then}, as if the run began at that step, as Keras' and PyTorch's warm-ups do.
     */
    record WarmUp(int steps, Schedule then) implements Schedule {
        public WarmUp {
            Check.positive("warm-up steps", steps);
        }

        @Override
        public double rate(long step, int stepsPerEpoch, long totalSteps) {
            long rest = Math.max(1, totalSteps - steps);
            return step < steps
                    ? then.rate(0, stepsPerEpoch, rest) * (step + 1) / steps
                    : then.rate(step - steps, stepsPerEpoch, rest);
        }
    }

    private static double fall(double from, double to, double progress) {
        return to + (from - to) * 0.5 * (1 + StrictMath.cos(StrictMath.PI * Math.min(1, progress)));
    }
}
