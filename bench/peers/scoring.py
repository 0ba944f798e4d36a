"""Scores of clips from their files, decoded in as many threads as there are cores while the model computes."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import av
import numpy as np
import torch
from PIL import Image
from reward_model import RewardModel, versions
from side import serve, settings

folder = Path(settings["folder"])
model = RewardModel(folder / "model").eval()
given = json.loads((folder / "clips.json").read_text())
side = json.loads((folder / "model" / "config.json").read_text())["vision_config"]["image_size"]
mean, deviation = np.float32([0.485, 0.456, 0.406]), np.float32([0.229, 0.224, 0.225])


def frames_of(clip):
    """Chosen frames, resized and normalised: [frames, 3, side, side]."""
    chosen = set(clip["frames"])
    found = {}
    with av.open(clip["path"]) as container:
        for i, frame in enumerate(container.decode(video=0)):
            if i in chosen:
                picture = Image.fromarray(frame.to_ndarray(format="rgb24")).resize((side, side), Image.BICUBIC)
                found[i] = (np.asarray(picture, np.float32) / 255 - mean) / deviation
            if i >= max(chosen):
                break
    return torch.from_numpy(np.stack([found[i] for i in clip["frames"]]).transpose(0, 3, 1, 2))


def score():
    clips, size = given["clips"], settings["batchSize"]
    results = []
    with ThreadPoolExecutor(os.cpu_count()) as pool, torch.inference_mode():
        decoded = pool.map(frames_of, clips)
        for start in range(0, len(clips), size):
            batch = clips[start : start + size]
            pixels = torch.cat([next(decoded) for _ in batch])
            visual = model.encode(pixels).reshape(len(batch), -1, model.llm.config.hidden_size)
            results += rewards(batch, visual)
    return results


def rewards(batch, visual):
    """Sequences of one length go through the decoder together: its causal mask then needs no padding."""
    scores = [0.0] * len(batch)
    lengths = {len(clip["inputIds"]) for clip in batch}
    for length in lengths:
        rows = [i for i, clip in enumerate(batch) if len(clip["inputIds"]) == length]
        ids = torch.tensor([batch[i]["inputIds"] for i in rows])
        for i, value in zip(rows, model.decode(ids, visual[rows], given["context"]).tolist()):
            scores[i] = value
    return scores


serve(f"PyAV {av.__version__}, {versions()}", score=score)
