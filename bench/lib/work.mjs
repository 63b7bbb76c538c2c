// Floating-point operations and bytes that a piece of work cannot do without, and how long the machine's measured rates
// need for them.

/** Bytes of a weight as held: blocks of 32 have a float32 scale besides. */
const WEIGHT_BYTES = { float32: 4, q8: 36 / 32, q4: 20 / 32 };

/** Sizes of a model, from its config.json. */
export function modelSizes(config) {
  const { hidden_size: d, intermediate_size: f, num_attention_heads: heads } = config;
  const headSize = config.head_dim ?? d / heads;
  const keyWidth = headSize * (config.num_key_value_heads ?? heads);
  return {
    layers: config.num_hidden_layers,
    /** Weights of one block's matrices: queries and output, keys and values, the three of the perceptron. */
    block: 2 * d * heads * headSize + 2 * d * keyWidth + 3 * d * f,
    keysAndValues: 2 * d * keyWidth,
    head: d * config.vocab_size,
    queryWidth: heads * headSize,
    keyWidth,
    tied: config.tie_word_embeddings === true,
  };
}

/** `2` a weight and token, and `4 width` a pair of positions that attend (a product with a key, one with a value). */
export function blockOperations(sizes, tokens, pairs, blocks = sizes.layers) {
  return blocks * (2 * sizes.block * tokens + 4 * sizes.queryWidth * pairs);
}

/** Pairs of positions in which `tokens` new ones attend to `past` ones and to themselves in order. */
export const attendedPairs = (tokens, past = 0) => tokens * past + (tokens * (tokens + 1)) / 2;

/** Of `count` tokens whose logits are asked for. */
export const headOperations = (sizes, count) => 2 * sizes.head * count;

/** What each token of a decoding step has to read once: every matrix, and no row of the embedding table but one. */
export function weightBytes(sizes, dtype) {
  return (sizes.layers * sizes.block + sizes.head) * WEIGHT_BYTES[dtype];
}

/** All weights in memory; a tied output matrix is the embedding table. */
export function heldBytes(sizes, dtype) {
  return weightBytes(sizes, dtype) + (sizes.tied ? 0 : sizes.head * WEIGHT_BYTES[dtype]);
}

/** Keys and values of `tokens` positions in float32. */
export const cacheBytes = (sizes, tokens) => sizes.layers * 2 * sizes.keyWidth * 4 * tokens;

/** The least seconds: the operations at the measured matrix rate or the bytes at the measured bandwidth, the larger. */
export function limitSeconds({ operations = 0, bytes = 0 }, limits) {
  return Math.max(operations / limits.operationsPerSecond, bytes / limits.bytesPerSecond);
}

/**
 * Of generated texts: each prompt once for `sameprompt` texts that follow each other, every token made but the last of a
 * text through all blocks, the logits of each; the weights once a step of `batch` rows, the keys and values of what a
 * token attends to.
 *
 * @param texts generations of a model, `promptTokens` and `tokens`
 */
export function generationWork(sizes, dtype, texts, { batch, sameprompt }) {
  let [operations, steps, cached] = [0, 0, 0];
  texts.forEach(({ promptTokens, tokens }, k) => {
    const [prompt, made] = [promptTokens.length, tokens.length];
    if (k % sameprompt === 0) {
      operations += blockOperations(sizes, prompt, attendedPairs(prompt));
    }
    const pairs = attendedPairs(made - 1, prompt);
    operations += blockOperations(sizes, made - 1, pairs) + headOperations(sizes, made);
    steps += made - 1;
    cached += pairs;
  });
  return {
    operations,
    bytes: (steps / batch) * weightBytes(sizes, dtype) + cacheBytes(sizes, cached),
  };
}
