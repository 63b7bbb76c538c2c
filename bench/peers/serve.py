"""Answers each line of JSON on the standard input with one on the standard output."""
import json
import os
import sys
import time

import torch

answers = os.fdopen(os.dup(1), "w")
sys.stdout = sys.stderr  # what libraries print is no answer
torch.set_num_threads(int(os.environ["CAA_BENCH_THREADS"]))


def reference_model():
    sys.path.insert(0, os.environ["CAA_TEST_REFERENCE"])
    import caa_reference

    return caa_reference, caa_reference.Model(
        os.environ["CAA_BENCH_MODEL"], "chatml", os.environ["CAA_BENCH_SYSTEM"]
    )


def sine_vector(size):
    return torch.sin(torch.arange(size, dtype=torch.float64)).div(10).float()


def timed(work):
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


def serve(commands):
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = commands[request.pop("command")](**request)
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)
