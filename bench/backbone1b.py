"""The forward pass of a saved InternVL3 reward model in PyTorch, by the modules of transformers: seconds and memory.

Started by bench/backbone1b.ts. FOLDER has model/ (config.json, model.safetensors, training_config.json) and
inputs.safetensors (input_ids, pixel_values, and the reward that was computed of them).
python bench/backbone1b.py FOLDER
"""

import json
import resource
import sys
import time
from pathlib import Path

import torch
from safetensors.torch import load_file
from transformers import InternVLVisionConfig, Qwen2Config, Qwen2Model
from transformers.models.internvl.modeling_internvl import InternVLVisionModel

VISION_NAMES = {
    "embeddings.class_embedding": "embeddings.cls_token",
    "embeddings.position_embedding": "embeddings.position_embeddings",
    "embeddings.patch_embedding": "embeddings.patch_embeddings.projection",
    "encoder.layers.": "encoder.layer.",
    ".attn.proj.": ".attention.projection_layer.",
    ".norm1.": ".layernorm_before.",
    ".norm2.": ".layernorm_after.",
    ".ls1": ".lambda_1",
    ".ls2": ".lambda_2",
}


def vision_state(weights):
    """The weights of InternViT under the names of transformers, its packed projections split."""
    state = {}
    for name, value in weights.items():
        for old, new in VISION_NAMES.items():
            name = name.replace(old, new)
        if ".attn.qkv." in name:
            for part, piece in zip("qkv", value.chunk(3)):
                state[name.replace("attn.qkv", f"attention.{part}_proj")] = piece
        else:
            state[name] = value
    return state


def under(weights, prefix):
    return {name[len(prefix) :]: value for name, value in weights.items() if name.startswith(prefix)}


class RewardModel(torch.nn.Module):
    def __init__(self, folder):
        super().__init__()
        config = json.loads((folder / "config.json").read_text())
        training = json.loads((folder / "training_config.json").read_text())
        self.layers = training["model_args"]["hierarchical_query_attn_layers"]
        vision, llm = config["vision_config"], config["llm_config"]
        weights = load_file(folder / "model.safetensors")
        with torch.device("meta"):
            self.vision = InternVLVisionModel(
                InternVLVisionConfig(
                    hidden_size=vision["hidden_size"],
                    num_hidden_layers=vision["num_hidden_layers"],
                    num_attention_heads=vision["num_attention_heads"],
                    intermediate_size=vision["intermediate_size"],
                    image_size=[vision["image_size"]] * 2,
                    patch_size=[vision["patch_size"]] * 2,
                    layer_norm_eps=vision["layer_norm_eps"],
                    attention_bias=vision["qkv_bias"],
                    attn_implementation="sdpa",
                )
            )
            self.llm = Qwen2Model(Qwen2Config(**llm, attn_implementation="sdpa"))
            merged = 4 * vision["hidden_size"]
            self.mlp1 = torch.nn.Sequential(
                torch.nn.LayerNorm(merged),
                torch.nn.Linear(merged, llm["hidden_size"]),
                torch.nn.GELU(),
                torch.nn.Linear(llm["hidden_size"], llm["hidden_size"]),
            )
        self.vision.load_state_dict(vision_state(under(weights, "vision_model.")), assign=True)
        self.llm.load_state_dict(under(weights, "language_model.model."), assign=True)
        self.llm.rotary_emb = type(self.llm.rotary_emb)(self.llm.config)  # its table is no weight
        self.mlp1.load_state_dict(under(weights, "mlp1."), assign=True)
        self.head = {k: v for k, v in weights.items() if k.startswith(("attention_query", "reward_head"))}

    def attend(self, name, query, sequence):
        head = self.head
        width = query.shape[-1]
        result, _ = torch.nn.functional.multi_head_attention_forward(
            query[None], sequence.transpose(0, 1), sequence.transpose(0, 1), width, 8,
            head[f"{name}.in_proj_weight"], head[f"{name}.in_proj_bias"], None, None, False, 0.0,
            head[f"{name}.out_proj.weight"], head[f"{name}.out_proj.bias"], training=False, need_weights=False,
        )
        return result[0]

    def forward(self, input_ids, pixel_values, context_id):
        x = self.vision(pixel_values).last_hidden_state[:, 1:]
        tiles, patches, width = x.shape
        side = int(patches**0.5)
        x = x.reshape(tiles, side // 2, 2, side // 2, 2, width).permute(0, 1, 3, 2, 4, 5)
        visual = self.mlp1(x.reshape(tiles, patches // 4, 4 * width))
        embeddings = self.llm.embed_tokens(input_ids)
        embeddings[input_ids == context_id] = visual.reshape(-1, visual.shape[-1])
        states = self.llm(inputs_embeds=embeddings, use_cache=False, output_hidden_states=True).hidden_states
        query = self.head["attention_query_first_layer.query.weight"]
        query = self.attend("attention_query_first_layer.attention.0", query, states[self.layers[0]])
        for i, layer in enumerate(self.layers[1:]):
            query = self.attend(f"attention_query_other_layers.{i}", query, states[layer])
        final = self.head["attention_query_final_layer.query.weight"]
        read = query + self.attend("attention_query_final_layer.attention.0", final, states[-1])
        hidden = torch.nn.functional.linear(read, self.head["reward_head.0.weight"], self.head["reward_head.0.bias"])
        return torch.nn.functional.linear(torch.nn.functional.silu(hidden), self.head["reward_head.3.weight"])[:, 0]


def main():
    folder = Path(sys.argv[1])
    start = time.perf_counter()
    model = RewardModel(folder / "model").eval()
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads: loaded in {time.perf_counter() - start:.1f} s")
    inputs = load_file(folder / "inputs.safetensors")
    ids = inputs["input_ids"].long()
    context_id = int(torch.bincount(ids.flatten()).argmax())  # the most frequent token is the placeholder
    with torch.inference_mode():
        for _ in range(3):
            start, cpu = time.perf_counter(), time.process_time()
            reward = model(ids, inputs["pixel_values"], context_id)
            seconds, of_cpu = time.perf_counter() - start, time.process_time() - cpu
            print(f"torch: forward in {seconds:.1f} s ({of_cpu:.1f} s of CPU)", flush=True)
    difference = abs(reward.item() - inputs["reward"].item())
    print(f"torch: reward {reward.item():.6f}, ours differs by {difference:.1e}")
    print(f"torch: peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")


main()
