"""Writes comparisons.json: what scipy and plain loops say of the cases of test/analysis/comparisons.test.ts.

    python test/analysis/reference/makeComparisons.py

Needs numpy and scipy.
"""

import json
from itertools import combinations
from pathlib import Path

import numpy as np
from scipy import stats

HERE = Path(__file__).parent


def interval(value, low, high):
    return {"value": float(value), "low": float(low), "high": float(high)}


def mean_interval(x):
    low, high = stats.t.interval(0.95, len(x) - 1, np.mean(x), stats.sem(x))
    return interval(np.mean(x), low, high)


def effect(a, b):
    welch = stats.ttest_ind(a, b, equal_var=False)
    reach = welch.confidence_interval(0.95)
    n, m = len(a), len(b)
    pooled = np.sqrt(((n - 1) * np.var(a, ddof=1) + (m - 1) * np.var(b, ddof=1)) / (n + m - 2))
    d = (np.mean(a) - np.mean(b)) / pooled
    j = 1 - 3 / (4 * (n + m - 2) - 1)
    error = j * np.sqrt((n + m) / (n * m) + d**2 / (2 * (n + m)))
    z = stats.norm.ppf(0.975)
    wins = [[np.sign(x - y) for y in b] for x in a]
    return {
        "difference": interval(np.mean(a) - np.mean(b), reach.low, reach.high),
        "p": float(welch.pvalue),
        "hedgesG": interval(j * d, j * d - z * error, j * d + z * error),
        "cliffDelta": float(np.mean(wins)),
    }


def holm(p):
    """By closed testing: a hypothesis is rejected where every set that it is in is, each by Bonferroni."""
    every = range(len(p))
    sets = [c for k in range(1, len(p) + 1) for c in combinations(every, k)]
    return [max(min(1.0, len(s) * min(p[j] for j in s)) for s in sets if i in s) for i in every]


def intraclass(scores, prompts):
    """ICC(1) from the mean squares of a one-way analysis of variance, by plain loops."""
    names = sorted(set(prompts))
    groups = [[s for s, p in zip(scores, prompts) if p == name] for name in names]
    f = stats.f_oneway(*groups).statistic
    n, k = len(scores), len(groups)
    size = (n - sum(len(g) ** 2 for g in groups) / n) / (k - 1)
    return float((f - 1) / (f + size - 1))


def main():
    rng = np.random.default_rng(3)
    groups = {name: np.round(rng.normal(shift, spread, n), 2).tolist()
              for name, shift, spread, n in [("a", 0, 1, 12), ("b", 0.9, 2, 9), ("c", -1.2, 0.5, 15), ("d", 0.1, 1, 4)]}
    names = list(groups)
    others = {name: [x for other in names if other != name for x in groups[other]] for name in names}
    rows = {name: {"mean": mean_interval(groups[name]), **effect(groups[name], others[name])} for name in names}
    for name, p in zip(names, holm([rows[name]["p"] for name in names])):
        rows[name]["holm"] = p
    against_a = {name: effect(groups[name], groups["a"]) for name in names if name != "a"}
    for name, p in zip(against_a, holm([row["p"] for row in against_a.values()])):
        against_a[name]["holm"] = p
    first = np.round(rng.normal(0, 1, 20), 2)
    second = np.round(0.7 * first + rng.normal(0.3, 0.6, 20), 2)
    paired = stats.ttest_rel(first, second)
    reach = paired.confidence_interval(0.95)
    prompts = ["p", "q", "p", "r", "q", "p", "r", "s", "s", "p", "q", "r"]
    values = {
        "groups": groups,
        "byGroup": rows,
        "againstA": against_a,
        "paired": {
            "first": first.tolist(),
            "second": second.tolist(),
            "difference": interval(np.mean(first - second), reach.low, reach.high),
            "p": float(paired.pvalue),
            "spearman": float(stats.spearmanr(first, second).statistic),
            "pearson": float(stats.pearsonr(first, second).statistic),
        },
        "prompts": {"scores": groups["a"], "prompts": prompts, "intraclass": intraclass(groups["a"], prompts)},
        "student": [
            {"t": t, "degrees": df, "p": float(2 * stats.t.sf(t, df)), "quantile": float(stats.t.ppf(0.975, df))}
            for df in [0.7, 1, 2.5, 10, 33.3, 1000, 1e6]
            for t in [0.0, 0.1, 1.0, 2.5, 12.0]
        ],
        "holm": {"p": [0.01, 0.04, 0.03, 0.005, 0.9, 0.03], "adjusted": holm([0.01, 0.04, 0.03, 0.005, 0.9, 0.03])},
    }
    (HERE / "comparisons.json").write_text(json.dumps(values, indent=1) + "\n")


main()
