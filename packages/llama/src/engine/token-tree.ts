import { actingSteps } from "./steering-tensors.ts";
import type { TokenSequence, TokenStep } from "./jobs.ts";

export interface TreeNode {
  readonly token: number;
  /** Index of the node before it, -1 at a start. */
  readonly parent: number;
  /** Position in the sequence, 0-based. */
  readonly depth: number;
  /** The steps that act here. */
  readonly steps: readonly TokenStep[];
}

/** Sequences merged where they begin alike. Parents come before children. */
export interface TokenTree {
  readonly nodes: readonly TreeNode[];
  /** One a sequence: the node of each of its tokens. */
  readonly paths: ReadonlyArray<readonly number[]>;
  /** How many nodes at the start all sequences share. */
  readonly trunkLength: number;
}

/**
 * Two tokens are one node where they and everything before them are equal: the tokens, and what steers them. So a
 * prompt under many steerings is computed once up to the first steered token.
 */
export function buildTokenTree(sequences: readonly TokenSequence[]): TokenTree {
  const nodes: TreeNode[] = [];
  const children = new Map<string, number>();
  const paths = sequences.map(({ ids, steps }) => {
    let parent = -1;
    return ids.map((token, depth) => {
      const acting = actingSteps(steps, depth);
      const key = `${parent}|${token}|${acting.map(stepKey).join(",")}`;
      let node = children.get(key);
      if (node === undefined) {
        node = nodes.length;
        nodes.push({ token, parent, depth, steps: acting });
        children.set(key, node);
      }
      parent = node;
      return node;
    });
  });
  return { nodes, paths, trunkLength: sharedLength(paths) };
}

function stepKey(step: TokenStep): string {
  return `${step.layer}:${step.vector}:${step.multiplier}:${step.operation}`;
}

function sharedLength(paths: ReadonlyArray<readonly number[]>): number {
  const first = paths[0] ?? [];
  let length = 0;
  while (length < first.length && paths.every((path) => path[length] === first[length])) {
    length++;
  }
  return length;
}

/** Values of an additive mask. */
const HIDDEN = Number.NEGATIVE_INFINITY;

/**
 * The additive mask (nodes, past + nodes) of a run of consecutive nodes from `start` on, when the `past` nodes 0 .. past-1
 * are cached: a node sees itself and its ancestors, nothing else.
 */
export function ancestorMask(
  nodes: readonly TreeNode[],
  run: readonly number[],
  pastLength: number,
): Float32Array {
  const width = pastLength + run.length;
  const mask = new Float32Array(run.length * width).fill(HIDDEN);
  const column = new Map(run.map((node, i) => [node, pastLength + i]));
  run.forEach((node, row) => {
    for (let at = node; at >= 0; at = nodes[at]?.parent ?? -1) {
      // The past may have empty positions behind its nodes, which are nobody's.
      const seen = column.get(at) ?? (at < pastLength ? at : undefined);
      if (seen !== undefined) {
        mask[row * width + seen] = 0;
      }
    }
  });
  return mask;
}
