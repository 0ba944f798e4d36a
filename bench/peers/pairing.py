"""A file of votes to pairs, in pandas: majority labels, any passing clip beside any failing one, a quarter of win-ties."""

from pathlib import Path

import pandas
from side import serve, settings

file = Path(settings["folder"]) / "votes.csv"


def shuffled(clips, count, seed):
    """So many clips, each about equally often, in a random order."""
    rounds = [clips.sample(frac=1, random_state=seed + i) for i in range(-(-count // len(clips)))]
    return pandas.concat(rounds).iloc[:count].reset_index(drop=True)


def pair():
    votes = pandas.read_csv(file)
    by_clip = votes.groupby("clip", sort=False)
    labels = by_clip.agg(share=("pass", "mean"), path=("path", "first"), prompt=("promptId", "first")).reset_index()
    passing, failing = labels[labels.share > 0.5], labels[labels.share <= 0.5]
    count = settings["pairs"]
    ties = count // 4
    chosen = pandas.concat([shuffled(passing, count - ties, 1), shuffled(passing, ties, 100)])
    rejected = pandas.concat([shuffled(failing, count - ties, 200), shuffled(passing, ties, 300)])
    pairs = pandas.DataFrame(
        {
            "chosen": chosen.path.to_numpy(),
            "rejected": rejected.path.to_numpy(),
            "kind": ["win-lose"] * (count - ties) + ["win-tie"] * ties,
        }
    ).sample(frac=1, random_state=2)
    kinds = {"win-lose": 0, "win-tie": 0}
    seen = 0
    for start in range(0, count, 16):
        for row in pairs.iloc[start : start + 16].itertuples(index=False):
            kinds[row.kind] += 1
            seen += len(row.chosen) + len(row.rejected) > 0
    return [len(labels), kinds["win-lose"], kinds["win-tie"], seen]


serve(f"pandas {pandas.__version__}", pair=pair)
