/** As files name the model whose vectors are the original's own. */
export const ORIGINAL_MODEL = "caa-original";
