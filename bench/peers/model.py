"""Training steps and forward passes of a saved model."""

from pathlib import Path

import torch
from reward_model import RewardModel, versions
from safetensors.torch import load_file
from side import serve, settings

folder = Path(settings["folder"])
model = RewardModel(folder / "model").train()
inputs = load_file(folder / "inputs.safetensors")
ids = inputs["input_ids"].long()
context_id = int(torch.bincount(ids.flatten()).argmax())  # the most frequent token is the placeholder
whole = settings["trainable"] == "all"
looked_at = torch.cat([inputs[f"{'pixel_values' if whole else 'visual'}.{i}"] for i in range(len(ids))])
parts = model if whole else torch.nn.ModuleList([model.llm, torch.nn.ModuleList([model.head])])
parameters = list(parts.parameters())
optimizer = torch.optim.AdamW(
    parameters, lr=settings["learningRate"], weight_decay=settings["weightDecay"], fused=True
)


def rewards():
    visual = model.encode(looked_at) if whole else looked_at
    return model.decode(ids, visual, context_id)


def step():
    chosen, rejected = rewards().chunk(2)
    loss = torch.nn.functional.softplus(3 - (chosen - rejected)).mean()
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    norm = torch.nn.utils.clip_grad_norm_(parameters, settings["clipNorm"])
    optimizer.step()
    return loss.item(), norm.item()


def forward():
    with torch.inference_mode():
        return rewards().tolist()


serve(versions(), step=lambda: list(step()), forward=forward)
