const TYPES = ["--type ab", "--type open_ended", "--type truthful_qa", "--type mmlu"];

const MODEL = ["--use_base_model", "--model_size"];

const OVERRIDES = ["--override_vector", "--override_vector_model", "--override_model_weights_path"];

/** The scripts of the original that are run by themselves, with all options. */
export const ORIGINAL_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  "process_raw_datasets.py": [],
  "generate_vectors.py": ["--layers", "--save_activations", "--behaviors", ...MODEL],
  "normalize_vectors.py": [],
  "prompting_with_steering.py": [
    "--layers",
    "--multipliers",
    "--behaviors",
    "--system_prompt pos",
    "--system_prompt neg",
    "--overwrite",
    ...TYPES,
    ...MODEL,
    ...OVERRIDES,
  ],
  "plot_activations.py": ["--layers", "--behaviors", ...MODEL],
  "plot_results.py": [
    "--layers",
    "--multipliers",
    "--behaviors",
    "--title",
    "--override_weights",
    ...TYPES,
    ...MODEL,
    ...OVERRIDES,
  ],
  "analyze_vectors.py": [],
  "activation_steering_interp.ipynb": [],
  "scoring.py": [],
  "finetune_llama.py": ["--behavior", "--direction pos", "--direction neg", "--layer"],
  "eval_finetune_llama.py": [
    "--behavior",
    "--direction pos",
    "--direction neg",
    "--layer",
    ...TYPES,
  ],
};
