"""The golden values of StatisticsTest and ClaimJudgeTest, by SciPy and NumPy alone.

    python3 statistics.py ../../../../../../../../bench/results/mnist-report-5-seeds/results.json

Each line names the value; the tests hold it. The last lines count how often samples of one normal distribution are taken for
two groups, which is why TwoGroups.APART is 10.
"""
import json
import sys

import numpy as np
from scipy import stats

RISING = np.array([0.3, 0.5, -0.1, 0.4, 0.6])
LEVEL = np.array([0.05, -0.03, 0.08, 0.01, -0.06])


def interval(x, level=0.95):
    half = stats.t.isf((1 - level) / 2, len(x) - 1) * x.std(ddof=1) / len(x) ** 0.5
    return x.mean() - half, x.mean() + half


def prediction(x, level=0.95):
    half = stats.t.isf((1 - level) / 2, len(x) - 1) * x.std(ddof=1) * (1 + 1 / len(x)) ** 0.5
    return x.mean() - half, x.mean() + half


def power(effect, n, alpha):
    return stats.nct.sf(stats.t.isf(alpha, n - 1), n - 1, effect * n ** 0.5)


def seeds(effect, alpha, wanted=0.8):
    n = 2
    while power(effect, n, alpha) < wanted:
        n += 1
    return n


def two_groups(x, apart=10):
    s = np.sort(x)
    for k in range(2, len(s) - 1):
        low, high = s[:k], s[k:]
        within = ((((low - low.mean()) ** 2).sum() + ((high - high.mean()) ** 2).sum()) / (len(s) - 2)) ** 0.5
        if within > 1e-12 and high[0] - low[-1] > apart * within:
            return True
    return False


def equivalence_power(margin, n, alpha, draws=200_000):
    rng = np.random.default_rng(1)
    x = rng.standard_normal((draws, n))
    se = x.std(axis=1, ddof=1) / n**0.5
    t = stats.t.isf(alpha, n - 1)
    return ((x.mean(axis=1) + margin > t * se) & (x.mean(axis=1) - margin < -t * se)).mean()


print("interval of RISING", interval(RISING))
print("prediction of RISING", prediction(RISING))
print("signed ranks of RISING", [stats.wilcoxon(RISING, alternative=a, method="exact").pvalue for a in ("greater", "less")])
print("Welch", [stats.ttest_ind(RISING, LEVEL, equal_var=False, alternative=a).pvalue for a in ("greater", "less")])
print("power 1, n 10, 0.05", power(1, 10, 0.05))
print("seeds at 0.05 / 16 for 1, 1.5", seeds(1, 0.05 / 16), seeds(1.5, 0.05 / 16))
print("equivalence power 2, n 10, 0.05", equivalence_power(2, 10, 0.05), "1, n 20, 0.05", equivalence_power(1, 20, 0.05))

runs = {run["name"]: run for run in json.load(open(sys.argv[1]))["runs"]}


def medians(run, metric):
    return np.array([np.median([e[metric] for e in seed["epochs"][-5:]]) for seed in runs[run]["seeds"]])


def difference(first, second, metric="val_accuracy"):
    return medians(first, metric) - medians(second, metric)


blocks = difference("four-blocks", "base-adam")
print("C6: 0.3 points or more", stats.ttest_1samp(blocks, 0.003, alternative="less").pvalue, interval(blocks))
rates = difference("base-adam", "lr-0.01")
print("C7: signed ranks", stats.wilcoxon(rates, alternative="greater", method="exact").pvalue, two_groups(rates))
for claim, first, second, effect in (
    ("C2", "dropout-0.3", "base-adam", 0.001),
    ("C4", "batch-norm", "base-adam", 0.001),
    ("C6", "four-blocks", "base-adam", 0.003),
):
    sd = difference(first, second).std(ddof=1)
    print(claim, "seeds at 0.05 / 16", seeds(effect / sd, 0.05 / 16), "at 0.05 / 6", seeds(effect / sd, 0.05 / 6))

rng = np.random.default_rng(1)
for n in (5, 6, 8, 10):
    print("taken for two groups,", n, np.mean([two_groups(x) for x in rng.standard_normal((20_000, n))]))
