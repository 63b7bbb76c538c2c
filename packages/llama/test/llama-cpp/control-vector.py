"""What llama.cpp 0.5.0 itself makes of control vectors: its own loader, its own model. Needs no package of Python.

control-vector.py LIBRARIES MODEL.gguf < jobs.json

LIBRARIES is the folder of libllama*.so and libllama-common.so, such as bins/linux-x64 of the npm package
@node-llama-cpp/linux-x64 3.22.1. The weights are made float32 first, in a temporary file, since llama.cpp
rounds what it multiplies quantized ones with. Jobs are [{"file": path or null, "strength": 1.0, "layers": [first, last] or null,
"tokens": [...]}]; for each, the logits at the last token are printed, or null where llama.cpp refuses the file.
"""

import ctypes as c
import glob
import json
import os
import sys
import tempfile

folder, model_path = sys.argv[1:3]
jobs = json.load(sys.stdin)


def library(pattern):
    [path] = glob.glob(os.path.join(folder, pattern))
    return c.CDLL(path, c.RTLD_GLOBAL)


ggml, llama, common = library("libggml.v*.so"), library("libllama.v*.so"), library("libllama-common.so")


class ContextParams(c.Structure):
    """llama_context_params up to the types of the cache; the room behind is never looked into."""

    _fields_ = [("n_ctx", c.c_uint32), ("sizes", c.c_uint32 * 6), ("threads", c.c_int32 * 2), ("kinds", c.c_int32 * 4),
                ("flash_attn_type", c.c_int32), ("floats", c.c_float * 8), ("callback", c.c_void_p * 2),
                ("type_k", c.c_int32), ("type_v", c.c_int32), ("rest", c.c_uint8 * 256)]


class ModelParams(c.Structure):
    _fields_ = [("rest", c.c_uint8 * 256)]


class QuantizeParams(c.Structure):
    _fields_ = [("nthread", c.c_int32), ("ftype", c.c_int32), ("types", c.c_int32 * 2), ("allow_requantize", c.c_bool),
                ("rest", c.c_uint8 * 255)]


class Batch(c.Structure):
    _fields_ = [("n_tokens", c.c_int32), ("pointers", c.c_void_p * 6)]


class Vector(c.Structure):
    """std::vector"""

    _fields_ = [("begin", c.c_void_p), ("end", c.c_void_p), ("room", c.c_void_p)]


class LoadInfo(c.Structure):
    """common_control_vector_load_info: strength and a std::string"""

    _fields_ = [("strength", c.c_float), ("text", c.c_void_p), ("length", c.c_size_t), ("buffer", c.c_char * 16)]


class LoadedVector(c.Structure):
    """common_control_vector_data"""

    _fields_ = [("n_embd", c.c_int32), ("data", Vector)]


load_control_vector = common["_Z26common_control_vector_loadRKSt6vectorI31common_control_vector_load_infoSaIS0_EE"]
load_control_vector.argtypes, load_control_vector.restype = [c.POINTER(LoadedVector), c.POINTER(Vector)], None
ggml.ggml_backend_load_all_from_path.argtypes = [c.c_char_p]
for name, restype, *argtypes in [
    ("llama_model_default_params", ModelParams),
    ("llama_context_default_params", ContextParams),
    ("llama_model_quantize_default_params", QuantizeParams),
    ("llama_model_quantize", c.c_uint32, c.c_char_p, c.c_char_p, c.POINTER(QuantizeParams)),
    ("llama_model_load_from_file", c.c_void_p, c.c_char_p, ModelParams),
    ("llama_init_from_model", c.c_void_p, c.c_void_p, ContextParams),
    ("llama_free", None, c.c_void_p),
    ("llama_model_get_vocab", c.c_void_p, c.c_void_p),
    ("llama_vocab_n_tokens", c.c_int32, c.c_void_p),
    ("llama_model_n_layer", c.c_int32, c.c_void_p),
    ("llama_batch_get_one", Batch, c.POINTER(c.c_int32), c.c_int32),
    ("llama_decode", c.c_int32, c.c_void_p, Batch),
    ("llama_get_logits_ith", c.POINTER(c.c_float), c.c_void_p, c.c_int32),
    ("llama_set_adapter_cvec", c.c_int32, c.c_void_p, c.c_void_p, c.c_size_t, c.c_int32, c.c_int32, c.c_int32),
    ("llama_log_set", None, c.c_void_p, c.c_void_p),
]:
    getattr(llama, name).restype, getattr(llama, name).argtypes = restype, argtypes

silent = c.CFUNCTYPE(None, c.c_int, c.c_char_p, c.c_void_p)(lambda level, text, data: None)
llama.llama_log_set(silent, None)
ggml.ggml_backend_load_all_from_path(folder.encode())
with tempfile.TemporaryDirectory() as temporary:
    floats = os.path.join(temporary, "floats.gguf").encode()
    quantize = llama.llama_model_quantize_default_params()
    quantize.ftype, quantize.allow_requantize = 0, True  # all float32
    if llama.llama_model_quantize(model_path.encode(), floats, quantize) != 0:
        sys.exit("the weights cannot be made float32")
    model = llama.llama_model_load_from_file(floats, llama.llama_model_default_params())
params = llama.llama_context_default_params()
if not model or (params.n_ctx, params.type_k, params.type_v, params.flash_attn_type) != (512, 1, 1, -1):
    sys.exit("the model does not load, or this is another version of llama.cpp")
params.type_k = params.type_v = params.flash_attn_type = 0  # float32, without the approximation of flash attention


def load(file, strength):
    text = c.create_string_buffer(file.encode())
    info = LoadInfo(strength, c.addressof(text), len(file.encode()), b"")
    start = c.addressof(info)
    infos = Vector(start, start + c.sizeof(info), start + c.sizeof(info))
    loaded = LoadedVector()
    load_control_vector(loaded, infos)
    return None if loaded.n_embd == -1 else loaded


results = []
for job in jobs:
    context = llama.llama_init_from_model(model, params)
    vector = job["file"] and load(job["file"], job["strength"])
    if job["file"] and vector is None:
        results.append(None)
        continue
    if vector:  # as common_init_from_params does
        first, last = job["layers"] or (1, llama.llama_model_n_layer(model))
        length = (vector.data.end - vector.data.begin) // 4
        assert llama.llama_set_adapter_cvec(context, vector.data.begin, length, vector.n_embd, first, last) == 0
    tokens = (c.c_int32 * len(job["tokens"]))(*job["tokens"])
    assert llama.llama_decode(context, llama.llama_batch_get_one(tokens, len(tokens))) == 0
    count = llama.llama_vocab_n_tokens(llama.llama_model_get_vocab(model))
    results.append(llama.llama_get_logits_ith(context, -1)[:count])
    llama.llama_free(context)
json.dump(results, sys.stdout)
