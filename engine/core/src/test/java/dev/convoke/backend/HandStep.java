package dev.convoke.backend;

import dev.convoke.model.Optimizer;

/**
 * One weight and its optimizer's memory, moved by the published formulas in another of their forms than the backends use:
 * Nesterov after Sutskever, {@code w += (1 + mu) v' - mu v}; Adam with corrected moments, as the paper's algorithm 1 has it.
 */
final class HandStep {
    private final Optimizer optimizer;
    private final double decay;
    private double weight;
    private double first;
    private double second;
    private double velocity;
    private int steps;

    /** @param decay share that decoupled weight decay takes at a rate of 1 */
    HandStep(Optimizer optimizer, double decay, double weight) {
        this.optimizer = optimizer;
        this.decay = decay;
        this.weight = weight;
    }

    double weight() {
        return weight;
    }

    /** Moves the weight by one step along {@code g}, the gradient of data loss and penalty. */
    void take(double g, double rate) {
        steps++;
        double pull = rate * decay * weight;
        if (optimizer instanceof Optimizer.Sgd sgd) {
            double before = velocity;
            velocity = sgd.momentum() * before - rate * g;
            weight += sgd.nesterov() ? (1 + sgd.momentum()) * velocity - sgd.momentum() * before : velocity;
        } else if (optimizer instanceof Optimizer.RmsProp rms) {
            second = rms.rho() * second + (1 - rms.rho()) * g * g;
            boolean outside = rms.momentum() == 0 && rms.version() == Optimizer.RmsProp.Version.TENSORFLOW;
            double root = outside ? Math.sqrt(second) + rms.epsilon() : Math.sqrt(second + rms.epsilon());
            velocity = rms.momentum() * velocity + rate * g / root;
            weight -= velocity;
        } else if (optimizer instanceof Optimizer.Adam adam) {
            weight -= adam(adam.beta1(), adam.beta2(), adam.epsilon(), g, rate);
        } else if (optimizer instanceof Optimizer.AdamW adamW) {
            weight -= pull + adam(adamW.beta1(), adamW.beta2(), adamW.epsilon(), g, rate);
        }
    }

    private double adam(double beta1, double beta2, double epsilon, double g, double rate) {
        first += (1 - beta1) * (g - first);
        second += (1 - beta2) * (g * g - second);
        double meanHat = first / (1 - Math.pow(beta1, steps));
        double varianceHat = second / (1 - Math.pow(beta2, steps));
        double epsilonHat = epsilon / Math.sqrt(1 - Math.pow(beta2, steps));
        return rate * meanHat / (Math.sqrt(varianceHat) + epsilonHat);
    }
}
