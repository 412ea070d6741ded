package dev.convoke.report.claims;

import dev.convoke.report.published.Claim;
import java.util.List;
import java.util.Optional;

/**
 * How a claim is to be judged on the runs of a sweep.
 *
 * @param obstacle why this sweep cannot judge it, a full sentence; empty where it can
 * @param parts the tests; shown, though they decide nothing, where there is an obstacle
 * @param remark what a reader should know beside the verdict; empty where there is nothing
 */
record Plan(Claim claim, Optional<String> obstacle, List<Part> parts, String remark) {
    Plan {
        parts = List.copyOf(parts);
    }

    static Plan of(Claim claim, String remark, Part... parts) {
        return new Plan(claim, Optional.empty(), List.of(parts), remark);
    }

    static Plan impossible(Claim claim, String obstacle, Part... parts) {
        return new Plan(claim, Optional.of(obstacle), List.of(parts), "");
    }
}
