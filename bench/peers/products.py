"""The product of two matrices."""

import torch
from side import serve, settings

size = settings["size"]
a = ((torch.arange(size * size) % 17) / 16).reshape(size, size)

serve(f"PyTorch {torch.__version__}", product=lambda: (a @ a)[0, :4].tolist())
