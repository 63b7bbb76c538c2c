"""The library steering-vectors on the same model, with the reference's prompts."""
from importlib.metadata import version as version_of

import torch
from steering_vectors import SteeringVector, train_steering_vector

from serve import reference_model, serve, sine_vector, timed

_, model = reference_model()
net, tokenizer, prompt = model.net, model.tok, model.prompt
vector = sine_vector(net.config.hidden_size)


def version():
    return {"version": f"{version_of('steering-vectors')}, {torch.get_num_threads()} threads"}


def pairs(items, check_layer):
    samples = [
        tuple(prompt.text(item["question"], item[key]) for key in ("answer_matching_behavior", "answer_not_matching_behavior"))
        for item in items
    ]
    made, seconds = timed(lambda: train_steering_vector(net, tokenizer, samples, read_token_index=-2))
    return {"count": len(items), "seconds": seconds, "vector": made.layer_activations[check_layer].tolist()}


@torch.no_grad()
def ab(items, layers, multipliers):
    def work():
        a = []
        for layer in layers:
            steering = SteeringVector({layer: vector})
            for multiplier in multipliers:
                for item in items:
                    ids, (first, _), start = prompt.choice(item["question"], ["(A)", "(B)"])
                    with steering.apply(net, multiplier=multiplier, min_token_index=start):
                        logits = net(torch.tensor([ids])).logits[0, -1]
                    a.append(logits.double().softmax(-1)[first].item())
        return a

    a, seconds = timed(work)
    return {"count": len(a), "seconds": seconds, "a": a}


serve({"version": version, "pairs": pairs, "ab": ab})
