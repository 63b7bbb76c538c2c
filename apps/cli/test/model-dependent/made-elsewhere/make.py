"""Vectors of another program for SmolLM2-135M-Instruct: random directions that PyTorch drew and saved, as the .pt files of
the reference and as the control vector that repeng would write, and vectors.safetensors for the reference itself.

python make.py        (torch, gguf 0.19, safetensors)

The answers of the reference with them, a_prob and b_prob of every item:
caa_reference.py ab --model SmolLM2-135M-Instruct-f32 --data items.json --vectors vectors.safetensors \
    --layers 8 20 --multipliers -1 0 1 --out probabilities.json
"""

import numpy as np
import torch
from gguf import GGUFWriter
from safetensors.torch import save_file

torch.manual_seed(20251128)
length = {8: 30.0, 20: 60.0}
vectors = {layer: torch.randn(576) for layer in length}
vectors = {layer: v / v.norm() * length[layer] for layer, v in vectors.items()}
for layer, v in vectors.items():
    torch.save(v, f"vec_layer_{layer}_SmolLM2-135M-Instruct.pt")
save_file({f"vector.{layer}": v for layer, v in vectors.items()}, "vectors.safetensors")
writer = GGUFWriter("control-vector.gguf", "controlvector")
writer.add_string("controlvector.model_hint", "llama")
writer.add_uint32("controlvector.layer_count", len(vectors))
for layer, v in vectors.items():
    writer.add_tensor(f"direction.{layer}", v.numpy().astype(np.float32))
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
