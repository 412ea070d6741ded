package dev.convoke.backend.graph;

import dev.convoke.kernels.Kernels;
import dev.convoke.model.Optimizer;
import dev.convoke.model.UpdateRule;
import dev.convoke.plan.Segment;

/** Update rules and parameters as our kernels take them. */
public final class NativeRule {
    private NativeRule() {}

    /** The kernels' description of {@code rule}; to be released by the caller. */
    public static Kernels.UpdateRule of(UpdateRule rule) {
        Kernels.UpdateRule described = new Kernels.UpdateRule()
                .clipValue((float) rule.clipping().value())
                .averageDecay((float) rule.averaging())
                .gradientScale(1);
        return rule.optimizer().accept(new Constants(described));
    }

    /** Sets an optimizer's constants. */
    private record Constants(Kernels.UpdateRule rule) implements Optimizer.Visitor<Kernels.UpdateRule> {
        @Override
        public Kernels.UpdateRule visit(Optimizer.Sgd sgd) {
            return rule.kind(Kernels.SGD).momentum((float) sgd.momentum()).nesterov(sgd.nesterov() ? 1 : 0);
        }

        @Override
        public Kernels.UpdateRule visit(Optimizer.RmsProp rmsProp) {
            return rule.kind(Kernels.RMSPROP)
                    .rho((float) rmsProp.rho())
                    .momentum((float) rmsProp.momentum())
                    .epsilon((float) rmsProp.epsilon())
                    .epsilonInsideRoot(rmsProp.epsilonInRoot() ? 1 : 0);
        }

        @Override
        public Kernels.UpdateRule visit(Optimizer.Adam adam) {
            return rule.kind(Kernels.ADAM)
                    .beta1((float) adam.beta1())
                    .beta2((float) adam.beta2())
                    .epsilon((float) adam.epsilon());
        }

        @Override
        public Kernels.UpdateRule visit(Optimizer.AdamW adamW) {
            return rule.kind(Kernels.ADAMW)
                    .beta1((float) adamW.beta1())
                    .beta2((float) adamW.beta2())
                    .epsilon((float) adamW.epsilon());
        }
    }

    /**
     * Writes a range of a parameter tensor to entry {@code place} of a table.
     *
     * @param start values before it in the arena
     * @param length values
     */
    public static void put(
            Kernels.Parameter table, int place, Optimizer optimizer, Segment segment, long start, long length) {
        double decay = segment.rule().decays() ? optimizer.weightDecay(segment.role()) : 0;
        table.position(place)
                .offset(start)
                .length(length)
                .l1((float) segment.penalty().l1())
                .l2((float) segment.penalty().l2())
                .weightDecay((float) decay)
                .rateFactor((float) segment.rule().rateFactor())
                .frozen(segment.rule().frozen() ? 1 : 0);
        table.position(0);
    }

    /** Every parameter of an arena; to be released by the caller. */
    public static Kernels.Parameter table(Optimizer optimizer, ArenaLayout layout) {
        Kernels.Parameter table =
                new Kernels.Parameter(Math.max(1, layout.segments().size()));
        for (int i = 0; i < layout.segments().size(); i++) {
            ArenaSegment segment = layout.segments().get(i);
            put(
                    table,
                    i,
                    optimizer,
                    segment.segment(),
                    segment.start(),
                    segment.segment().size());
        }
        return table;
    }
}
