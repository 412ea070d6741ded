package dev.convoke.backend.reference;

import dev.convoke.model.Optimizer;
import dev.convoke.model.OptimizerSlot;
import dev.convoke.model.Penalty;
import dev.convoke.model.UpdateRule;
import dev.convoke.plan.Segment;
import dev.convoke.plan.SegmentTable;
import java.util.EnumMap;
import java.util.Map;

/** Penalties, clipping, and the update rules of {@link Optimizer}, for each weight. */
final class ReferenceOptimizer {
    private final UpdateRule rule;
    private final SegmentTable table;
    private final ReferenceRounding rounding;
    private final Map<OptimizerSlot, ReferenceArena> slots = new EnumMap<>(OptimizerSlot.class);
    private long updates;

    ReferenceOptimizer(UpdateRule rule, SegmentTable table, ReferenceRounding rounding) {
        this.rule = rule;
        this.table = table;
        this.rounding = rounding;
    }

    /** Zeros in every array, the parameters in their average, and {@code updatesBefore} updates gone before. */
    void reset(ReferenceArena parameters, long updatesBefore) {
        rule.slots().forEach(slot -> slots.put(slot, ReferenceArena.zeros(table)));
        if (rule.averages()) {
            table.segments().forEach(segment -> slot(OptimizerSlot.AVERAGE).put(segment, parameters.of(segment)));
        }
        updates = updatesBefore;
    }

    /** One of the rule's arrays, shared. */
    ReferenceArena slot(OptimizerSlot slot) {
        ReferenceArena arena = slots.get(slot);
        if (arena == null) {
            throw new IllegalArgumentException(rule + " keeps no " + slot);
        }
        return arena;
    }

    /** {@code l1 * sum|w| + l2 * sum w^2} over all segments. */
    double penalty(ReferenceArena parameters) {
        double sum = 0;
        for (Segment segment : table.segments()) {
            Penalty penalty = segment.penalty();
            for (double w : parameters.of(segment)) {
                sum += penalty.l1() * Math.abs(w) + penalty.l2() * w * w;
            }
        }
        return sum;
    }

    /** Adds the gradients of a batch to those of its group, and gives the sum. */
    ReferenceArena accumulate(ReferenceArena gradients, boolean begins) {
        if (rule.accumulation() == 1) {
            return gradients;
        }
        ReferenceArena sum = slot(OptimizerSlot.ACCUMULATED);
        for (Segment segment : table.segments()) {
            double[] s = sum.of(segment);
            double[] g = gradients.of(segment);
            for (int i = 0; i < s.length; i++) {
                s[i] = begins ? g[i] : s[i] + g[i];
            }
            rounding.round(s);
        }
        return sum;
    }

    /** Moves the parameters by one update; {@code gradients} are those of the data loss alone. */
    void update(ReferenceArena parameters, ReferenceArena gradients, double rate) {
        updates++;
        ReferenceArena clipped = clipped(parameters, gradients);
        for (Segment segment : table.segments()) {
            if (!segment.rule().frozen()) {
                move(segment, parameters.of(segment), clipped.of(segment), rate);
            }
        }
    }

    private void move(Segment segment, double[] w, double[] g, double rate) {
        double own = rate * segment.rule().rateFactor();
        if (segment.rule().decays()) {
            double decay = own * rule.optimizer().weightDecay(segment.role());
            for (int i = 0; i < w.length; i++) {
                w[i] -= decay * w[i];
            }
        }
        rule.optimizer().accept(new Update(segment, w, g, own));
        rounding.round(w);
        if (rule.averages()) {
            double[] average = slot(OptimizerSlot.AVERAGE).of(segment);
            for (int i = 0; i < w.length; i++) {
                average[i] = rule.averaging() * average[i] + (1 - rule.averaging()) * w[i];
            }
        }
        rule.slots().forEach(slot -> rounding.round(slot(slot).of(segment)));
    }

    /** Gradients of data loss and penalty, {@code g + l1 * sign(w) + 2 * l2 * w}, cut as the rule says. */
    private ReferenceArena clipped(ReferenceArena parameters, ReferenceArena gradients) {
        ReferenceArena all = ReferenceArena.zeros(table);
        double squares = 0;
        double largest = rule.clipping().value();
        for (Segment segment : table.segments()) {
            double[] w = parameters.of(segment);
            double[] g = all.of(segment);
            for (int i = 0; i < g.length; i++) {
                Penalty penalty = segment.penalty();
                g[i] = gradients.of(segment)[i] + penalty.l1() * Math.signum(w[i]) + 2 * penalty.l2() * w[i];
                squares += segment.rule().frozen() ? 0 : g[i] * g[i];
                g[i] = largest > 0 ? Math.max(-largest, Math.min(largest, g[i])) : g[i];
            }
        }
        double norm = Math.sqrt(squares);
        if (rule.clipping().norm() > 0 && norm > rule.clipping().norm()) {
            double scale = rule.clipping().norm() / norm;
            for (Segment segment : table.segments()) {
                double[] g = all.of(segment);
                for (int i = 0; i < g.length; i++) {
                    g[i] *= scale;
                }
            }
        }
        return all;
    }

    /** One update of one segment. */
    private final class Update implements Optimizer.Visitor<Boolean> {
        private final Segment segment;
        private final double[] w;
        private final double[] g;
        private final double rate;

        Update(Segment segment, double[] w, double[] g, double rate) {
            this.segment = segment;
            this.w = w;
            this.g = g;
            this.rate = rate;
        }

        private double[] of(OptimizerSlot slot) {
            return slot(slot).of(segment);
        }

        @Override
        public Boolean visit(Optimizer.Sgd sgd) {
            if (sgd.momentum() == 0) {
                for (int i = 0; i < w.length; i++) {
                    w[i] -= rate * g[i];
                }
                return true;
            }
            double[] v = of(OptimizerSlot.VELOCITY);
            for (int i = 0; i < w.length; i++) {
                v[i] = sgd.momentum() * v[i] - rate * g[i];
                w[i] += sgd.nesterov() ? sgd.momentum() * v[i] - rate * g[i] : v[i];
            }
            return true;
        }

        @Override
        public Boolean visit(Optimizer.RmsProp rmsProp) {
            double[] s = of(OptimizerSlot.SQUARE);
            double[] v = rmsProp.momentum() == 0 ? new double[w.length] : of(OptimizerSlot.VELOCITY);
            for (int i = 0; i < w.length; i++) {
                s[i] = rmsProp.rho() * s[i] + (1 - rmsProp.rho()) * g[i] * g[i];
                double root = rmsProp.epsilonInRoot()
                        ? Math.sqrt(s[i] + rmsProp.epsilon())
                        : Math.sqrt(s[i]) + rmsProp.epsilon();
                v[i] = rmsProp.momentum() * v[i] + rate * g[i] / root;
                w[i] -= v[i];
            }
            return true;
        }

        @Override
        public Boolean visit(Optimizer.Adam adam) {
            return adam(adam.beta1(), adam.beta2(), adam.epsilon());
        }

        @Override
        public Boolean visit(Optimizer.AdamW adamW) {
            return adam(adamW.beta1(), adamW.beta2(), adamW.epsilon());
        }

        private Boolean adam(double beta1, double beta2, double epsilon) {
            double[] m = of(OptimizerSlot.FIRST_MOMENT);
            double[] v = of(OptimizerSlot.SECOND_MOMENT);
            double step = rate * rule.optimizer().correction(updates);
            for (int i = 0; i < w.length; i++) {
                m[i] = beta1 * m[i] + (1 - beta1) * g[i];
                v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
                w[i] -= step * m[i] / (Math.sqrt(v[i]) + epsilon);
            }
            return true;
        }
    }
}
