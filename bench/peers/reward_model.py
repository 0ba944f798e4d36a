"""A saved InternVL3 reward model with the HPQA head in PyTorch, by the modules of transformers."""

import json

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
        self.merge = round(1 / config["downsample_ratio"])
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
            merged = self.merge**2 * vision["hidden_size"]
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
        self.head = torch.nn.ParameterDict(
            {
                name.replace(".", "/"): torch.nn.Parameter(value)
                for name, value in weights.items()
                if name.startswith(("attention_query", "reward_head"))
            }
        )

    def of_head(self, name):
        return self.head[name.replace(".", "/")]

    def attend(self, name, query, sequence):
        width = query.shape[-1]
        result, _ = torch.nn.functional.multi_head_attention_forward(
            query[None], sequence.transpose(0, 1), sequence.transpose(0, 1), width, 8,
            self.of_head(f"{name}.in_proj_weight"), self.of_head(f"{name}.in_proj_bias"), None, None, False, 0.0,
            self.of_head(f"{name}.out_proj.weight"), self.of_head(f"{name}.out_proj.bias"),
            training=False, need_weights=False,
        )
        return result[0]

    def encode(self, pixel_values):
        """Visual tokens of all tiles, [tokens, width of the decoder]."""
        x = self.vision(pixel_values).last_hidden_state[:, 1:]
        tiles, patches, width = x.shape
        rows, side = int(patches**0.5) // self.merge, self.merge
        x = x.reshape(tiles, rows, side, rows, side, width).permute(0, 1, 3, 2, 4, 5)
        return self.mlp1(x.reshape(tiles * rows * rows, side * side * width))

    def decode(self, input_ids, visual, context_id):
        """Rewards of sequences of one length, whose placeholders the visual tokens take."""
        embeddings = self.llm.embed_tokens(input_ids)
        places = (input_ids == context_id).unsqueeze(-1)
        embeddings = embeddings.masked_scatter(places, visual)
        states = self.llm(inputs_embeds=embeddings, use_cache=False, output_hidden_states=True).hidden_states
        rows = len(input_ids)
        query = self.of_head("attention_query_first_layer.query.weight").expand(rows, -1)
        query = self.attend("attention_query_first_layer.attention.0", query, states[self.layers[0]])
        for i, layer in enumerate(self.layers[1:]):
            query = self.attend(f"attention_query_other_layers.{i}", query, states[layer])
        final = self.of_head("attention_query_final_layer.query.weight").expand(rows, -1)
        read = query + self.attend("attention_query_final_layer.attention.0", final, states[-1])
        hidden = torch.nn.functional.linear(
            read, self.of_head("reward_head.0.weight"), self.of_head("reward_head.0.bias")
        )
        return torch.nn.functional.linear(torch.nn.functional.silu(hidden), self.of_head("reward_head.3.weight"))[:, 0]


def versions():
    import transformers

    return f"PyTorch {torch.__version__}, transformers {transformers.__version__}"
