package dev.convoke.model;

import java.util.Map;

/**
 * How the optimizer treats the parameters of a layer.
 *
 * @param frozen whether they stay as they are; their penalty still counts in the loss
 * @param rateFactor multiplies the learning rate
 * @param decays whether the optimizer's decoupled weight decay acts on them
 */
public record ParameterRule(boolean frozen, double rateFactor, boolean decays) {
    public static final ParameterRule NORMAL = new ParameterRule(false, 1, true);

    public ParameterRule {
        if (!(rateFactor > 0) || Double.isInfinite(rateFactor)) {
            throw new ModelException("rate_factor must be positive and finite, not " + rateFactor
                    + "; write frozen: true for no training");
        }
    }

    static ParameterRule read(Fields fields) {
        return new ParameterRule(
                fields.flag("frozen", false), fields.number("rate_factor", 1), fields.flag("weight_decay", true));
    }

    /** Writes what {@link #read} reads; what is usual is left out. */
    void write(Map<String, Object> fields) {
        if (frozen) {
            fields.put("frozen", true);
        }
        if (rateFactor != 1) {
            fields.put("rate_factor", rateFactor);
        }
        if (!decays) {
            fields.put("weight_decay", false);
        }
    }
}
