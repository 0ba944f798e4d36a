"""The numbers of a file of scores, by pandas, scipy and scikit-learn."""

from pathlib import Path

import pandas
import scipy
import sklearn
from scipy.stats import ks_2samp, pearsonr, spearmanr
from side import serve, settings
from sklearn.metrics import average_precision_score, roc_auc_score

file = Path(settings["folder"]) / "scores.csv"


def numbers():
    table = pandas.read_csv(file)
    passing = table["pass"]
    values = [roc_auc_score(passing, table.score), average_precision_score(passing, table.score)]
    for _, group in sorted(table.groupby("generator")):
        values.append(roc_auc_score(group["pass"], group.score))
    values += [pearsonr(table.score, table.duration)[0], spearmanr(table.score, table.duration)[0]]
    good, bad = table.score[passing], table.score[~passing]
    return [*values, ks_2samp(good, bad).statistic, good.mean(), bad.mean()]


versions = [f"{module.__name__} {module.__version__}" for module in (pandas, scipy)]
serve(", ".join([*versions, f"scikit-learn {sklearn.__version__}"]), numbers=numbers)
