"""The weights of a checkpoint, each used once."""

from pathlib import Path

import safetensors
import torch
from safetensors.torch import load_file
from side import serve, settings

file = Path(settings["folder"]) / "model" / "model.safetensors"


def load():
    weights = load_file(file)
    return [sum(weight.square().sum() for weight in weights.values())]


serve(f"safetensors {safetensors.__version__}, PyTorch {torch.__version__}", load=load)
