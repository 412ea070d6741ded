package dev.convoke.report.claims;

import dev.convoke.report.statistics.Holm;
import dev.convoke.sweep.SweepResults;
import dev.convoke.sweep.SweepResults.ClaimVerdict;
import dev.convoke.sweep.SweepResults.Verdict;
import java.util.ArrayList;
import java.util.List;

/** Tests every part of every claim, corrects for their number, and draws the verdicts. */
public final class ClaimVerdicts {
    private ClaimVerdicts() {}

    /** The verdicts on a sweep that may stand beside the report. */
    public static List<ClaimVerdict> of(SweepResults results) {
        List<Plan> plans = new ClaimPlans(results).all();
        List<JudgedTest> tests =
                judge(plans.stream().flatMap(plan -> plan.parts().stream()).toList());
        List<ClaimVerdict> verdicts = new ArrayList<>();
        int from = 0;
        for (Plan plan : plans) {
            int to = from + plan.parts().size();
            verdicts.add(verdict(plan, tests.subList(from, to)));
            from = to;
        }
        return List.copyOf(verdicts);
    }

    private static List<JudgedTest> judge(List<Part> parts) {
        double strictest = JudgedTest.ALPHA / Math.max(1, parts.size());
        List<RawTest> raw = parts.stream()
                .map(part -> part.test(strictest).withEnoughSeeds())
                .toList();
        double[] claimed = Holm.correct(raw.stream().mapToDouble(RawTest::pFor).toArray());
        double[] opposite =
                Holm.correct(raw.stream().mapToDouble(RawTest::pAgainst).toArray());
        List<JudgedTest> judged = new ArrayList<>();
        for (int i = 0; i < raw.size(); i++) {
            judged.add(JudgedTest.of(raw.get(i), claimed[i], opposite[i]));
        }
        return judged;
    }

    private static ClaimVerdict verdict(Plan plan, List<JudgedTest> tests) {
        Verdict verdict = plan.obstacle().isPresent() ? Verdict.NOT_COMPARABLE : combined(tests);
        String reason = plan.obstacle().orElseGet(() -> Reason.of(verdict, tests));
        return new ClaimVerdict(
                plan.claim().name(),
                plan.claim().text(),
                verdict,
                plan.remark().isEmpty() ? reason : reason + " " + plan.remark(),
                tests.stream().map(JudgedTest::asComparison).toList());
    }

    private static Verdict combined(List<JudgedTest> tests) {
        if (tests.stream().anyMatch(test -> test.verdict() == Verdict.REFUTED)) {
            return Verdict.REFUTED;
        }
        return tests.stream().allMatch(test -> test.verdict() == Verdict.CONFIRMED)
                ? Verdict.CONFIRMED
                : Verdict.UNDECIDED;
    }
}
