"""Makes statistics.json: values of scipy, statsmodels and scikit-learn (or of a definition written out in numpy) that
the tests of src/analysis compare with. Also the small Parquet files of test/data/tables/files.

    python3 -m venv venv && venv/bin/pip install scipy statsmodels scikit-learn pyarrow
    venv/bin/python test/analysis/reference/makeReference.py [folder with FETV's metric_scores.csv and ratings_full.csv]

With the folder also fetv.json: Spearman and Kendall of every metric and dimension of FETV.
"""

import csv
import json
import sys
import warnings
from collections import defaultdict
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import scipy
import sklearn
import statsmodels
import statsmodels.api as sm
from scipy import special, stats
from sklearn import calibration, metrics
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint

warnings.filterwarnings("ignore")
here = Path(__file__).parent
random = np.random.default_rng(2512)
versions = {m.__name__: m.__version__ for m in (np, scipy, statsmodels, sklearn, pa)}


def write(path, value):
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    path.write_text(text.replace('},{', '},\n{').replace('],"', '],\n"') + "\n")


def number(x):
    x = float(x)
    return None if np.isnan(x) else x


def correlations():
    normal = random.normal(size=200)
    cases = {
        "smooth": (normal, 0.6 * normal + random.normal(size=200)),
        "ratings": (random.integers(1, 6, 300), random.integers(1, 6, 300)),
        "score and rating": ((s := random.normal(size=500)), np.clip(np.round(3 + s + random.normal(size=500)), 1, 5)),
        "reversed": (np.arange(20), -np.arange(20)),
        "two": ([1, 2], [5, 3]),
        "constant": ([1, 1, 1, 1], [1, 2, 3, 4]),
        "both constant": ([0.1, 0.1, 0.1], [7, 7, 7]),
        "large values": (1e9 + random.normal(size=50), random.normal(size=50)),
    }
    return [
        {
            "name": name,
            "x": [float(v) for v in x],
            "y": [float(v) for v in y],
            "pearson": number(stats.pearsonr(x, y)[0]),
            "spearman": number(stats.spearmanr(x, y)[0]),
            "kendall": number(stats.kendalltau(x, y)[0]),
        }
        for name, (x, y) in cases.items()
    ]


def auc_parts(scores, labels):
    """Placements by their definition, in O(n^2)."""
    up, down = scores[labels], scores[~labels]
    kernel = (up[:, None] > down[None, :]) + 0.5 * (up[:, None] == down[None, :])
    return kernel.mean(), kernel.mean(axis=1), kernel.mean(axis=0)


def delong(a, b, labels):
    (auc_a, up_a, down_a), (auc_b, up_b, down_b) = auc_parts(a, labels), auc_parts(b, labels)
    s = np.cov(up_a, up_b) / len(up_a) + np.cov(down_a, down_b) / len(down_a)
    error = np.sqrt(s[0, 0] + s[1, 1] - 2 * s[0, 1])
    z = (auc_a - auc_b) / error
    return {
        "aucs": [auc_a, auc_b],
        "errors": [np.sqrt(s[0, 0]), np.sqrt(s[1, 1])],
        "error": error,
        "z": z,
        "p": 2 * stats.norm.sf(abs(z)),
    }


def expected_calibration_error(p, y):
    bins = np.minimum((p * 10).astype(int), 9)
    return sum((bins == b).mean() * abs(p[bins == b].mean() - y[bins == b].mean()) for b in set(bins))


def classifications():
    def case(name, n, separation, rounded=None):
        labels = random.random(n) < 0.35
        scores = random.normal(size=n) + separation * labels
        other = random.normal(size=n) + 0.5 * separation * labels + 0.5 * scores
        if rounded is not None:
            scores, other = np.round(scores, rounded), np.round(other, rounded)
        precision, recall, _ = metrics.precision_recall_curve(labels, scores)
        smooth = np.where(labels, (labels.sum() + 1) / (labels.sum() + 2), 1 / ((~labels).sum() + 2))
        fit = sm.GLM(smooth, sm.add_constant(scores), family=sm.families.Binomial()).fit(tol=1e-14, maxiter=200)
        p = fit.predict(sm.add_constant(scores))
        observed, predicted = calibration.calibration_curve(labels, p, n_bins=10)
        tenths = calibration.calibration_curve(labels, p, n_bins=10, strategy="quantile")
        return {
            "name": name,
            "scores": scores.tolist(),
            "other": other.tolist(),
            "labels": labels.tolist(),
            "averagePrecision": metrics.average_precision_score(labels, scores),
            "precision": precision[::-1].tolist(),
            "recall": recall[::-1].tolist(),
            "intercept": fit.params[0],
            "slope": fit.params[1],
            "brier": metrics.brier_score_loss(labels, p),
            "observed": observed.tolist(),
            "predicted": predicted.tolist(),
            "tenths": {"observed": tenths[0].tolist(), "predicted": tenths[1].tolist()},
            "ece": expected_calibration_error(p, labels),
            "delong": delong(scores, other, labels),
        }

    return [case("continuous", 120, 1.2), case("tied", 150, 0.8, 0), case("strong", 80, 2.5, 1)]


def mcnemars():
    def case(only_first, only_second):
        table = [[10, only_first], [only_second, 7]]
        corrected = mcnemar(table, exact=False, correction=True)
        return {
            "onlyFirst": only_first,
            "onlySecond": only_second,
            "exactP": float(mcnemar(table, exact=True).pvalue),
            "chiSquared": float(corrected.statistic),
            "chiSquaredP": float(corrected.pvalue),
        }

    return [case(*pair) for pair in [(1, 0), (3, 9), (12, 12), (40, 15), (300, 200), (5200, 5000)]]


def drifts():
    cases = {
        "same size": (random.normal(size=40), random.normal(0.4, 1.2, size=40)),
        "unequal": (random.normal(size=150), random.normal(0.3, 1, size=60)),
        "apart": ([1.0, 2, 3], [10.0, 11]),
        "one each": ([1.0], [2.0]),
        "same": ([1.0, 2, 3], [1.0, 2, 3]),
        "tied": (random.integers(0, 6, 90), random.integers(1, 6, 70)),
        "constant": ([2.0, 2, 2], [2.0, 2]),
    }

    def psi(a, b):
        edges = np.unique(np.quantile(a, np.arange(1, 10) / 10))
        p, q = ((c := np.bincount(np.searchsorted(edges, v, side="right"), minlength=len(edges) + 1) + 0.5) / c.sum() for v in (a, b))
        return float(np.sum((q - p) * np.log(q / p)))

    return [
        {
            "name": name,
            "before": [float(v) for v in a],
            "after": [float(v) for v in b],
            "distance": float((test := stats.ks_2samp(a, b, method="exact")).statistic),
            "p": float(test.pvalue),
            "wasserstein": float(stats.wasserstein_distance(a, b)),
            "stability": psi(np.asarray(a), np.asarray(b)),
        }
        for name, (a, b) in cases.items()
    ]


def large_drift():
    """Too large for lattice paths: i / n against i^2 / m, whose p is that of Kolmogorov's distribution."""
    a, b = np.arange(2500) / 2500, (np.arange(2000) / 2000) ** 1.05
    distance = stats.ks_2samp(a, b).statistic
    x = distance * np.sqrt(2500 * 2000 / 4500)
    return {"distance": float(distance), "p": float(special.kolmogorov(x))}


def wilsons():
    return [
        {"hits": h, "total": n, "interval": [float(v) for v in proportion_confint(h, n, method="wilson")]}
        for h, n in [(0, 5), (5, 5), (1, 3), (40, 100), (999, 1000)]
    ]


def advantages():
    groups = [["a", [1.0, 2.0, 4.0]], ["b", [3.0, 3.0]], ["c", [5.0]], ["d", [-1.0, 0.5, 0.5, 2.0]]]
    return [{"group": g, "scores": v, "advantages": None if len(set(v)) == 1 else stats.zscore(v, ddof=1).tolist()} for g, v in groups]


def parquet_files(folder):
    folder.mkdir(exist_ok=True)
    table = pa.table({
        "clip": ["a.mp4", "b.mp4", "c.mp4", "d.mp4"],
        "score": pa.array([0.5, -1.25, None, 3.0]),
        "seed": pa.array([1, 2, 3, 4], pa.int64()),
        "pass": [True, False, True, True],
    })
    for codec in ("snappy", "zstd", "gzip"):
        pq.write_table(table, folder / f"scores.{codec}.parquet", compression=codec, write_statistics=False)


def fetv(folder):
    ratings = defaultdict(list)
    for row in csv.DictReader(open(folder / "ratings_full.csv")):
        ratings[row["dimension"], row["prompt_id"], row["generator"]].append(float(row["rating"]))
    scores = defaultdict(dict)
    for row in csv.DictReader(open(folder / "metric_scores.csv")):
        scores[row["metric"]][row["prompt_id"], row["generator"]] = float(row["score"])
    rows = []
    for metric, of_clip in scores.items():
        for dimension in sorted({d for d, *_ in ratings}):
            x, y = zip(*((score, np.mean(ratings[(dimension, *clip)])) for clip, score in of_clip.items() if (dimension, *clip) in ratings))
            rows.append({
                "metric": metric,
                "dimension": dimension,
                "clips": len(x),
                "spearman": float(stats.spearmanr(x, y)[0]),
                "kendall": float(stats.kendalltau(x, y)[0]),
            })
    return rows


def seeds():
    """Student's intervals of means over seeds and of paired differences."""
    cases = [
        ([0.81, 0.85, 0.79, 0.88, 0.83], [0.80, 0.79, 0.80, 0.84, 0.80]),
        ([0.5, 0.7], [0.6, 0.4]),
        ([1.0, 2.5, -3.0, 4.0, 5.5, 0.25, 7.0], [1.5, 2.0, 3.0, 4.5, 5.0, 6.0, 9.0]),
    ]
    rows = []
    for first, second in cases:
        mean = stats.ttest_1samp(first, 0).confidence_interval()
        paired = stats.ttest_rel(first, second).confidence_interval()
        rows.append({
            "first": first,
            "second": second,
            "mean": [float(np.mean(first)), float(mean.low), float(mean.high)],
            "difference": [float(np.mean(np.subtract(first, second))), float(paired.low), float(paired.high)],
        })
    return {"cases": rows, "student975": [float(stats.t.ppf(0.975, n)) for n in range(1, 41)]}


write(here / "statistics.json", {
    "versions": versions,
    "correlations": correlations(),
    "classifications": classifications(),
    "mcnemar": mcnemars(),
    "drift": drifts(),
    "largeDrift": large_drift(),
    "wilson": wilsons(),
    "advantages": advantages(),
    "seeds": seeds(),
})
parquet_files(here.parent.parent / "data" / "files")
if len(sys.argv) > 1:
    write(here / "fetv.json", {"versions": versions, "rows": fetv(Path(sys.argv[1]))})
