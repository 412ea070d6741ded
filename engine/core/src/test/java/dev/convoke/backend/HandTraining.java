package dev.convoke.backend;

import dev.convoke.model.Convolution;
import dev.convoke.model.Dense;
import dev.convoke.model.Layer;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Optimizer;
import dev.convoke.model.ParameterRule;
import dev.convoke.model.Penalty;
import dev.convoke.model.UpdateRule;
import dev.convoke.plan.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Every parameter of a network, moved by hand from nothing but the traced gradients of the data loss and what the model's
 * layers and the update rule say.
 */
final class HandTraining {
    private final UpdateRule rule;
    private final Map<String, Hand> parameters = new LinkedHashMap<>();
    private double held; // images whose gradients wait for an update

    /** A parameter tensor. */
    private final class Hand {
        private final Tensor start;
        private final Penalty penalty;
        private final ParameterRule treated;
        private final List<HandStep> weights = new ArrayList<>();
        private final double[] sum; // of gradients, times their images
        private final double[] average;

        Hand(Tensor start, Layer layer, boolean kernel) {
            this.start = start;
            penalty = kernel ? penalty(layer) : Penalty.NONE;
            treated = layer.rule();
            double decay = 0;
            if (rule.optimizer() instanceof Optimizer.AdamW adamW
                    && treated.decays()
                    && (kernel || adamW.decays() == Optimizer.AdamW.Decays.ALL)) {
                decay = adamW.weightDecay();
            }
            for (float w : start.values()) {
                weights.add(new HandStep(rule.optimizer(), decay, w));
            }
            sum = new double[weights.size()];
            average = new double[weights.size()];
            for (int i = 0; i < average.length; i++) {
                average[i] = weights.get(i).weight();
            }
        }

        /** The gradient of the mean loss of all images that are held, penalty included. */
        double gradient(int i) {
            double w = weights.get(i).weight();
            double sign = w > 0 ? 1 : w < 0 ? -1 : 0;
            return sum[i] / held + penalty.l1() * sign + 2 * penalty.l2() * w;
        }

        Tensor tensor(double[] values) {
            Tensor tensor = Tensor.zeros(start.shape());
            for (int i = 0; i < values.length; i++) {
                tensor.values()[i] = (float) values[i];
            }
            return tensor;
        }
    }

    HandTraining(Session session, UpdateRule rule) {
        this.rule = rule;
        ModelSpec model = session.program().full().model();
        NamedTensors state = session.state();
        for (Layer layer : model.layers()) {
            for (String role : List.of("kernel", "bias", "gamma", "beta")) {
                Tensor start = state.find(layer.name() + "/" + role);
                if (start != null) {
                    parameters.put(layer.name() + "/" + role, new Hand(start, layer, role.equals("kernel")));
                }
            }
        }
    }

    /** The penalty on a layer's kernel. */
    static Penalty penalty(Layer layer) {
        if (layer instanceof Convolution convolution) {
            return convolution.penalty();
        }
        return layer instanceof Dense dense ? dense.penalty() : Penalty.NONE;
    }

    /** Takes the gradients of the mean data loss of a batch of {@code images}. */
    void take(NamedTensors gradients, int images) {
        held += images;
        parameters.forEach((name, hand) -> {
            if (!hand.treated.frozen()) {
                float[] values = gradients.get(name).values();
                for (int i = 0; i < values.length; i++) {
                    hand.sum[i] += (double) values[i] * images;
                }
            }
        });
    }

    /** Moves every weight by what was taken since the last update. */
    void update(double rate) {
        double squares = 0;
        for (Hand hand : parameters.values()) {
            for (int i = 0; i < hand.sum.length; i++) {
                squares += hand.treated.frozen() ? 0 : hand.gradient(i) * hand.gradient(i);
            }
        }
        double most = rule.clipping().norm();
        double scale = most > 0 ? Math.min(1, most / Math.sqrt(squares)) : 1;
        for (Hand hand : parameters.values()) {
            for (int i = 0; i < hand.sum.length && !hand.treated.frozen(); i++) {
                double g = scale * hand.gradient(i);
                double limit = rule.clipping().value();
                double cut = limit > 0 && Math.abs(g) > limit ? Math.copySign(limit, g) : g;
                hand.weights.get(i).take(cut, rate * hand.treated.rateFactor());
                hand.average[i] += (1 - rule.averaging()) * (hand.weights.get(i).weight() - hand.average[i]);
                hand.sum[i] = 0;
            }
        }
        held = 0;
    }

    /** The parameters as they should be now. */
    NamedTensors parameters() {
        NamedTensors now = new NamedTensors();
        parameters.forEach((name, hand) -> now.put(
                name,
                hand.tensor(hand.weights.stream().mapToDouble(HandStep::weight).toArray())));
        return now;
    }

    /** Their running means. */
    NamedTensors averages() {
        NamedTensors now = new NamedTensors();
        parameters.forEach((name, hand) -> now.put(name, hand.tensor(hand.average)));
        return now;
    }
}
