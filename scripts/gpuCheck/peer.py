"""The same shape in PyTorch with transformers: one line of JSON for each thing measured, as step.mjs prints them.

    python3 peer.py '{"pairs": 1, "names": ["autocast", "bfloat16", "tf32", "float32"]}'
"""

import contextlib
import json
import sys
import time

settings = {
    "pairs": 1,
    "frames": 8,
    "depth": 24,
    "tokens": 2128,
    "forwards": 3,
    "steps": 4,
    "small": False,
    "names": ["autocast", "bfloat16", "tf32", "float32"],
}
settings.update(json.loads(sys.argv[1]) if len(sys.argv) > 1 else {})

try:
    import torch
    import transformers
    from torch import nn
    from transformers import InternVLVisionConfig, Qwen2Config, Qwen2Model
    from transformers.models.internvl.modeling_internvl import InternVLVisionModel
except ImportError as error:
    print(json.dumps({"skipped": f"PyTorch with transformers is not there: {error}"}))
    sys.exit()

small, depth, frames, pairs = (settings[name] for name in ("small", "depth", "frames", "pairs"))
device = "cuda" if torch.cuda.is_available() else "cpu"
PLACEHOLDER = 199
side = 56 if small else 448
vision_sizes = dict(hidden_size=64, intermediate_size=128, num_attention_heads=2) if small else dict(
    hidden_size=1024, intermediate_size=4096, num_attention_heads=16
)
decoder_sizes = dict(hidden_size=64, intermediate_size=128, num_attention_heads=4, vocab_size=2048) if small else dict(
    hidden_size=896, intermediate_size=4864, num_attention_heads=14, vocab_size=151_674
)
tile_tokens = (side // 28) ** 2
wide = 4 * vision_sizes["hidden_size"]
hidden = decoder_sizes["hidden_size"]


def say(**line):
    print(json.dumps(line), flush=True)


class Model(nn.Module):
    """InternVL3 with the HPQA head: progressive queries over four layers of the decoder, and one over the last."""

    def __init__(self):
        super().__init__()
        self.vision = InternVLVisionModel(
            InternVLVisionConfig(
                num_hidden_layers=depth,
                image_size=[side, side],
                patch_size=[14, 14],
                attention_bias=True,
                attn_implementation="sdpa",
                **vision_sizes,
            )
        )
        self.decoder = Qwen2Model(
            Qwen2Config(
                num_hidden_layers=depth,
                num_key_value_heads=2,
                rope_theta=1e6,
                attn_implementation="sdpa",
                **decoder_sizes,
            )
        )
        self.project = nn.Sequential(
            nn.LayerNorm(wide), nn.Linear(wide, hidden), nn.GELU(), nn.Linear(hidden, hidden)
        )
        self.query = nn.Parameter(0.02 * torch.randn(1, 1, hidden))
        self.readers = nn.ModuleList(nn.MultiheadAttention(hidden, 4 if small else 8, batch_first=True) for _ in range(5))
        self.score = nn.Sequential(nn.Linear(hidden, 1024), nn.SiLU(), nn.Linear(1024, 1))

    def visual_tokens(self, pixels):
        patches = self.vision(pixels).last_hidden_state[:, 1:]
        tiles, count, width = patches.shape
        rows = int(count**0.5)
        blocks = patches.reshape(tiles, rows // 2, 2, rows // 2, 2, width).transpose(2, 3)
        return self.project(blocks.reshape(tiles, count // 4, 4 * width))

    def forward(self, ids, pixels):
        visual = self.visual_tokens(pixels).reshape(-1, hidden)
        embedded = self.decoder.embed_tokens(ids)
        places = (ids == PLACEHOLDER).unsqueeze(-1)
        embedded = embedded.masked_scatter(places, visual.to(embedded.dtype))
        states = self.decoder(inputs_embeds=embedded, use_cache=False, output_hidden_states=True).hidden_states
        start = self.query.expand(ids.shape[0], -1, -1)
        query = start
        for reader, quarter in zip(self.readers, (1, 2, 3, 4)):
            layer = max(1, quarter * depth // 4)
            query, _ = reader(query, states[layer], states[layer], need_weights=False)
        last, _ = self.readers[4](start, states[-1], states[-1], need_weights=False)
        return self.score((query + last)[:, 0])[:, 0]


def wait():
    if device == "cuda":
        torch.cuda.synchronize()


def memory():
    if device != "cuda":
        return {}
    peak = round(torch.cuda.max_memory_allocated() / 2**30, 2)
    torch.cuda.reset_peak_memory_stats()
    return {"peakGiB": peak}


def measure(name):
    half = name == "bfloat16"
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = name != "float32"
    torch.manual_seed(0)
    with torch.device(device):
        model = Model()
    model = model.to(torch.bfloat16 if half else torch.float32).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-6, fused=device == "cuda")
    length = max(settings["tokens"], 40 + frames * tile_tokens) if not small else 40 + frames * tile_tokens
    ids = torch.randint(0, PLACEHOLDER, (2 * pairs, length), device=device)
    ids[:, 20 : 20 + frames * tile_tokens] = PLACEHOLDER
    pixels = torch.randn(2 * pairs * frames, 3, side, side, device=device, dtype=torch.bfloat16 if half else torch.float32)
    cast = (lambda: torch.autocast(device, dtype=torch.bfloat16)) if name == "autocast" else contextlib.nullcontext

    for i in range(settings["steps"]):
        start = time.perf_counter()
        with cast():
            rewards = model(ids, pixels)
            loss = nn.functional.softplus(3 - (rewards[:pairs] - rewards[pairs:]).float()).mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        norm = nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        wait()
        say(name=name, step=i, ms=1000 * (time.perf_counter() - start), loss=loss.item(), gradNorm=float(norm), **memory())
    for i in range(settings["forwards"]):
        start = time.perf_counter()
        with torch.no_grad(), cast():
            model(ids, pixels)
        wait()
        say(name=name, forward=i, ms=1000 * (time.perf_counter() - start), **memory())


say(torch=torch.__version__, transformers=transformers.__version__, settings=settings)
for name in settings["names"]:
    if device == "cpu" and name == "tf32":
        continue
    try:
        measure(name)
    except torch.OutOfMemoryError as error:
        say(name=name, failed=str(error).split(".")[0])
    if device == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
