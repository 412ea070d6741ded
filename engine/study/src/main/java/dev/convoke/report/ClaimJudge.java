package dev.convoke.report;

import dev.convoke.report.claims.BestRun;
import dev.convoke.report.claims.ClaimVerdicts;
import dev.convoke.report.measure.Comparability;
import dev.convoke.sweep.Study.Claim;
import dev.convoke.sweep.SweepResults;
import dev.convoke.sweep.SweepResults.ClaimVerdict;
import java.util.List;
import java.util.stream.Collectors;

/** Tests the claims of a sweep's suite; the rules are documented in {@link dev.convoke.report.claims}. */
public final class ClaimJudge {
    private ClaimJudge() {}

    /**
     * The verdict on each claim of the suite whose runs the sweep contains. On other data, or with other settings, than
     * those of the claims, they are tested as hypotheses about this sweep, and marked as such. If the suite has no claims,
     * the best run is compared with the others.
     */
    public static List<ClaimVerdict> judge(SweepResults results) {
        Comparability comparability = Comparability.of(results);
        List<Claim> claims = comparability.study().claims();
        if (claims.isEmpty()) {
            return BestRun.of(results);
        }
        List<Claim> possible = claims.stream()
                .filter(claim -> claim.tests().stream()
                        .flatMap(test -> test.runs().stream())
                        .allMatch(run -> results.run(run).isPresent()))
                .filter(claim -> !claim.tests().isEmpty() || hasAllOthers(results, claims))
                .toList();
        return ClaimVerdicts.of(results, possible, claim -> remark(comparability, claim));
    }

    /** A claim without tests names no runs; it is shown where the sweep is whole. */
    private static boolean hasAllOthers(SweepResults results, List<Claim> claims) {
        return claims.stream()
                .flatMap(claim -> claim.tests().stream())
                .flatMap(test -> test.runs().stream())
                .allMatch(run -> results.run(run).isPresent());
    }

    private static String remark(Comparability comparability, Claim claim) {
        String settings = comparability
                .changes(claim.tests().stream().flatMap(test -> test.runs().stream()))
                .collect(Collectors.joining("; "));
        String data = comparability.otherData().map(words -> words + ".").orElse("");
        if (settings.isEmpty() && data.isEmpty()) {
            return "";
        }
        return "Judged as a hypothesis about this sweep: "
                + (data.isEmpty() ? settings + "." : settings.isEmpty() ? data : data + " Also, " + settings + ".");
    }
}
