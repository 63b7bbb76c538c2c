"""The reference (caa_reference.py), its model loaded once. Each command tells the seconds of the work alone."""
import torch
import transformers

from serve import reference_model, serve, sine_vector

reference, model = reference_model()
vectors = {f"vector.{i}": sine_vector(model.net.config.hidden_size) for i in range(len(model.layers))}


def version():
    return {
        "version": f"PyTorch {torch.__version__}, transformers {transformers.__version__}, "
        f"{torch.get_num_threads()} threads, {torch.backends.cpu.get_cpu_capability()}"
    }


def pairs(items, check_layer):
    made, seconds = reference.vectors(model, items, list(range(len(model.layers))), None)
    return {"count": len(items), "seconds": seconds, "vector": made[f"vector.{check_layer}"].tolist()}


def ab(items, layers, multipliers):
    rows, seconds = reference.ab(model, items, vectors, layers, multipliers)
    return {"count": len(rows), "seconds": seconds, "a": [row["a_prob"] for row in rows]}


def generate(items, layer, multipliers, tokens):
    rows, seconds, made = reference.generate(model, items, vectors, [layer], multipliers, tokens)
    return {"count": made, "seconds": seconds, "texts": [row["ids"] for row in rows]}


serve({"version": version, "pairs": pairs, "ab": ab, "generate": generate})
