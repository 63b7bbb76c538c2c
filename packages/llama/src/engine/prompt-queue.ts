import type { ProbeScore } from "@caa/core";
import type { ForwardPass, KeyValues } from "./forward-pass.ts";
import type { KeyValueCache } from "./key-value-cache.ts";
import type { TokenSequence } from "./jobs.ts";
import type { ProbeReader } from "./probe-reader.ts";
import { buildTokenTree, type TokenTree } from "./token-tree.ts";
import { runTree } from "./tree-runs.ts";

/**
 * Prompts are read together up to this many tokens: enough for the runtime's full rate, little enough that tokens of
 * different prompts, whose products are computed and masked, cost nothing that shows.
 */
const GROUP_TOKENS = 256;

/** Keys and values of some nodes of a tree, in their order. */
interface NodeKeyValues {
  readonly nodes: readonly number[];
  readonly keyValues: KeyValues;
}

/** A prompt that has been read. */
export interface ReadPrompt {
  /** Index of its sequence. */
  readonly index: number;
  /** After its last token: (vocabulary) */
  readonly logits: Float32Array;
  /** Its nodes and those of all prompts that were read with it. */
  readonly path: readonly number[];
  readonly parts: readonly NodeKeyValues[];
  /** Of each token, one a probe. */
  readonly scores: ReadonlyArray<readonly ProbeScore[]>;
}

/** Prompts in the order in which they are read: those of the same tokens one after the other, so that they are read once. */
export class PromptQueue {
  readonly #sequences: readonly TokenSequence[];
  readonly #maxGroup: number;
  readonly #order: readonly number[];
  /** How many are read. */
  #done = 0;

  /** @param maxGroup how many prompts are read ahead at most */
  constructor(sequences: readonly TokenSequence[], maxGroup: number) {
    this.#sequences = sequences;
    this.#maxGroup = maxGroup;
    this.#order = Array.from(groupByTokens(sequences).values()).flat();
  }

  get isEmpty(): boolean {
    return this.#done === this.#order.length;
  }

  /** Reads the next few prompts, in as few runs as they fit in. */
  async read(
    pass: ForwardPass,
    vectors: readonly Float32Array[],
    probes: ProbeReader,
    signal: AbortSignal | undefined,
  ): Promise<readonly ReadPrompt[]> {
    const { group, tree } = this.#nextGroup();
    this.#done += group.length;
    const ends = new Set(tree.paths.map((path) => path.at(-1) ?? -1));
    const logitsOf = new Map<number, Float32Array>();
    const scoresOf = new Map<number, readonly ProbeScore[]>();
    const parts: NodeKeyValues[] = [];
    const read = (nodes: readonly number[]) => ({
      residualAt: probes.reads ? [...nodes.keys()] : [],
      logitsAt: nodes.flatMap((node, i) => (ends.has(node) ? [i] : [])),
    });
    for await (const { nodes, residualAt, logitsAt, output } of runTree(pass, tree, {
      vectors,
      read,
      wantKeyValues: true,
      signal,
    })) {
      const width = pass.config.vocab_size;
      logitsAt.forEach((at, place) =>
        logitsOf.set(nodes[at] ?? -1, output.logits.subarray(place * width, (place + 1) * width)),
      );
      residualAt.forEach((at, place) =>
        scoresOf.set(nodes[at] ?? -1, probes.scores(output.residual, place, residualAt.length)),
      );
      if (output.keyValues !== null) {
        parts.push({ nodes, keyValues: output.keyValues });
      }
    }
    return group.map((index, i) => {
      const path = tree.paths[i] ?? [];
      return {
        index,
        path,
        parts,
        logits: logitsOf.get(path.at(-1) ?? -1) ?? new Float32Array(),
        scores: path.map((node) => scoresOf.get(node) ?? []),
      };
    });
  }

  #nextGroup(): { readonly group: readonly number[]; readonly tree: TokenTree } {
    let count = Math.min(this.#maxGroup, this.#order.length - this.#done);
    for (;;) {
      const group = this.#order.slice(this.#done, this.#done + count);
      const tree = buildTokenTree(group.flatMap((index) => this.#sequences[index] ?? []));
      if (count === 1 || tree.nodes.length <= GROUP_TOKENS) {
        return { group, tree };
      }
      count = Math.ceil(count / 2);
    }
  }
}

/** Copies what was read of a prompt into a row of the cache, in as few pieces as its nodes lie together. */
export function writePrompt(cache: KeyValueCache, row: number, { path, parts }: ReadPrompt): void {
  for (const { nodes, keyValues } of parts) {
    const indexOf = new Map(nodes.map((node, i) => [node, i]));
    let depth = 0;
    while (depth < path.length) {
      const first = indexOf.get(path[depth] ?? -1);
      let count = 1;
      if (first !== undefined) {
        while (depth + count < path.length && nodes[first + count] === path[depth + count]) {
          count++;
        }
        cache.write(keyValues, 0, row, depth, count, first);
      }
      depth += count;
    }
  }
}

/** Indices of sequences by their tokens, each group in order of appearance. */
function groupByTokens(
  sequences: readonly TokenSequence[],
): ReadonlyMap<string, readonly number[]> {
  const groups = new Map<string, number[]>();
  sequences.forEach(({ ids }, index) => {
    const key = ids.join(" ");
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, [index]);
    } else {
      group.push(index);
    }
  });
  return groups;
}
