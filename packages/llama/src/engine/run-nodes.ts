import { CaaError } from "@caa/core";
import type { ForwardPass, KeyValues, PassOutput } from "./forward-pass.ts";
import { ancestorMask, type TreeNode } from "./token-tree.ts";

/**
 * Most tokens of one run: a bound on the mask and the attention scores, which grow with its square. A multiple of the
 * cache's block, so that the cache of whole pieces has no empty positions.
 */
export const MAX_RUN = 768;

/** What of a tree is run at once, and what is read of it. */
export interface NodeRun {
  /** Indices of nodes, ascending. */
  readonly run: readonly number[];
  /** Keys and values of the nodes 0, 1, 2 and on, which may have empty positions behind. */
  readonly past: KeyValues | null;
  readonly vectors: readonly Float32Array[];
  /** Indices into `run`. */
  readonly residualAt: readonly number[];
  readonly logitsAt: readonly number[];
  readonly wantKeyValues: boolean;
  /** @default false */
  readonly wantInside?: boolean;
}

/** Runs nodes of a tree as one row. */
export async function runNodes(
  pass: ForwardPass,
  nodes: readonly TreeNode[],
  { run, past, ...rest }: NodeRun,
): Promise<PassOutput> {
  const chosen = run.map((index) => {
    const node = nodes[index];
    if (node === undefined) {
      throw new CaaError("invalid-argument", `token tree: no node ${index} among ${nodes.length}`);
    }
    return node;
  });
  return pass.run({
    rows: 1,
    ids: chosen.map((node) => node.token),
    positions: chosen.map((node) => node.depth),
    mask: ancestorMask(nodes, run, past?.length ?? 0),
    past,
    stepsAt: chosen.map((node) => node.steps),
    ...rest,
  });
}

/** The numbers 0 to `length - 1` in pieces of at most `MAX_RUN`. */
export function pieces(length: number): readonly (readonly number[])[] {
  return Array.from({ length: Math.ceil(length / MAX_RUN) }, (_, piece) =>
    Array.from(
      { length: Math.min(MAX_RUN, length - piece * MAX_RUN) },
      (__, i) => piece * MAX_RUN + i,
    ),
  );
}
