"""The embedded model's training step in PyTorch, as a peer: a Llama of its shape on padded rows with a mask of their own,
steering at one layer, the letters' loss and the three auxiliary ones, clipping, AdamW. Prints the median seconds a step."""

import argparse
import json
import statistics
import time

import torch
from transformers import LlamaConfig, LlamaForCausalLM

parser = argparse.ArgumentParser()
for name in ["layers", "rows", "tokens", "targets", "steps", "threads"]:
    parser.add_argument(f"--{name}", type=int, required=True)
args = parser.parse_args()
torch.set_num_threads(args.threads)
torch.manual_seed(0)

WIDTH, VOCABULARY, VECTORS = 96, 2048, 18
PREVIEW, FLAG, PLANTED = 2, 4, 5
config = LlamaConfig(
    hidden_size=WIDTH,
    intermediate_size=256,
    num_hidden_layers=args.layers,
    num_attention_heads=3,
    num_key_value_heads=3,
    vocab_size=VOCABULARY,
    max_position_embeddings=512,
    tie_word_embeddings=True,
)
model = LlamaForCausalLM(config)
stack, head, norm = model.model, model.lm_head, model.model.norm
stream = {}


def keep(layer):
    def hook(module, inputs, output):
        hidden = output[0] if isinstance(output, tuple) else output
        if layer == PLANTED:
            hidden = hidden + coefficients @ vectors
        stream[layer] = hidden
        return (hidden, *output[1:]) if isinstance(output, tuple) else hidden

    return hook


for layer in {PREVIEW, FLAG, PLANTED}:
    if layer < args.layers:
        stack.layers[layer].register_forward_hook(keep(layer))

rows, tokens, targets = args.rows, args.tokens, args.targets
ids = torch.randint(VOCABULARY, (rows, tokens))
positions = torch.arange(tokens).expand(rows, tokens)
mask = torch.full((tokens, tokens), float("-inf")).triu(1).expand(rows, 1, tokens, tokens)
vectors = torch.nn.functional.normalize(torch.randn(VECTORS, WIDTH), dim=-1)
coefficients = torch.randn(rows, tokens, VECTORS)
asked = torch.randint(rows * tokens, (targets,))
wanted = torch.randint(VOCABULARY, (targets,))
ends = torch.randint(rows * tokens, (rows,))
both = torch.randint(VOCABULARY, (rows, 2))
flags = torch.randint(rows * tokens, (4 * rows,))
pairs = torch.randint(rows * tokens, (2, rows))
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-6, betas=(0.9, 0.98), weight_decay=0.05)


def step():
    flat = stack(input_ids=ids, attention_mask=mask, position_ids=positions, use_cache=False)
    flat = flat.last_hidden_state.reshape(rows * tokens, WIDTH)
    loss = torch.nn.functional.cross_entropy(head(flat[asked]), wanted)
    early = head(norm(stream[PREVIEW].reshape(-1, WIDTH)[ends])).gather(1, both)
    loss = loss - early.log_softmax(-1)[:, 0].mean()
    if FLAG in stream:
        along = (stream[FLAG].reshape(-1, WIDTH)[flags] * vectors[0]).sum(-1)
        loss = loss + (along - 6).square().mean()
    if PLANTED in stream:
        h = stream[PLANTED].reshape(-1, WIDTH)
        loss = loss + (h[pairs[0]] - h[pairs[1]] - vectors[0]).square().sum(-1).mean()
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1)
    optimizer.step()


times = []
for _ in range(args.steps):
    start = time.perf_counter()
    step()
    times.append(time.perf_counter() - start)
print(json.dumps({"seconds": statistics.median(times[3:])}))
