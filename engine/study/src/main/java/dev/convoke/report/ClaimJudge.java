package dev.convoke.report;

import dev.convoke.report.claims.ClaimVerdicts;
import dev.convoke.report.measure.Comparability;
import dev.convoke.report.published.Claim;
import dev.convoke.sweep.SweepResults;
import dev.convoke.sweep.SweepResults.ClaimVerdict;
import dev.convoke.sweep.SweepResults.Verdict;
import java.util.List;
import java.util.stream.Stream;

/** Judges the report's claims on a sweep; the rules stand with {@link dev.convoke.report.claims}. */
public final class ClaimJudge {
    private ClaimJudge() {}

    /**
     * A verdict on each of C1 to C8; all 'not comparable' where the data or a setting is not the report's. Empty where the
     * suite is none of those that reproduce the report.
     */
    public static List<ClaimVerdict> judge(SweepResults results) {
        if (!Comparability.isReportSuite(results)) {
            return List.of();
        }
        return Comparability.obstacle(results)
                .map(ClaimJudge::notComparable)
                .orElseGet(() -> ClaimVerdicts.of(results));
    }

    private static List<ClaimVerdict> notComparable(String obstacle) {
        return Stream.of(Claim.values())
                .map(claim -> new ClaimVerdict(
                        claim.name(),
                        claim.text(),
                        Verdict.NOT_COMPARABLE,
                        "Not comparable: " + obstacle + ".",
                        List.of()))
                .toList();
    }
}
