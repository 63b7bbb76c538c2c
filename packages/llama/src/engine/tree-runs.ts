import { throwIfAborted } from "@caa/core";
import type { ForwardPass, PassOutput } from "./forward-pass.ts";
import { KeyValueCache } from "./key-value-cache.ts";
import { MAX_RUN, pieces, runNodes } from "./run-nodes.ts";
import type { TokenTree } from "./token-tree.ts";

/** What is read of a run: indices into its nodes. */
export interface RunReads {
  readonly residualAt: readonly number[];
  readonly logitsAt: readonly number[];
}

export interface TreeRunOptions {
  readonly vectors: readonly Float32Array[];
  /** Which of the nodes of a run are read. */
  readonly read: (nodes: readonly number[]) => RunReads;
  /** Keys and values of every node, too; else only what later runs need is computed. @default false */
  readonly wantKeyValues?: boolean;
  /** What is inside the blocks, too, where the residual stream is read; only of a graph that has it. @default false */
  readonly wantInside?: boolean;
  readonly signal: AbortSignal | undefined;
}

export interface TreeRun extends RunReads {
  /** Indices of the tree's nodes, ascending. */
  readonly nodes: readonly number[];
  readonly output: PassOutput;
}

/** Runs a tree: in a single pass where it fits, else the shared trunk first and the branches in parts. */
export async function* runTree(
  pass: ForwardPass,
  tree: TokenTree,
  { vectors, read, wantKeyValues = false, wantInside = false, signal }: TreeRunOptions,
): AsyncGenerator<TreeRun> {
  const cache = new KeyValueCache(pass.config, { rows: 1 });
  for (const { nodes, isTrunk } of planRuns(tree)) {
    throwIfAborted(signal);
    const reads = read(nodes);
    const output = await runNodes(pass, tree.nodes, {
      run: nodes,
      past: cache.contents.length === 0 ? null : cache.contents,
      vectors,
      ...reads,
      wantKeyValues: isTrunk || wantKeyValues,
      wantInside: wantInside && reads.residualAt.length > 0,
    });
    if (isTrunk && output.keyValues !== null) {
      cache.write(output.keyValues, 0, 0, nodes[0] ?? 0, nodes.length);
    }
    yield { nodes, ...reads, output };
  }
}

interface PlannedRun {
  readonly nodes: readonly number[];
  /** Its keys and values are the past of all later runs. */
  readonly isTrunk: boolean;
}

function planRuns(tree: TokenTree): readonly PlannedRun[] {
  if (tree.nodes.length <= MAX_RUN) {
    return [{ nodes: [...tree.nodes.keys()], isTrunk: false }];
  }
  const trunk = pieces(tree.trunkLength).map((nodes) => ({ nodes, isTrunk: true }));
  return [...trunk, ...branchRuns(tree)];
}

/** Whole branches packed into runs of at most `MAX_RUN` tokens; a longer branch is a run of its own. */
function branchRuns(tree: TokenTree): readonly PlannedRun[] {
  const runs: PlannedRun[] = [];
  let nodes = new Set<number>();
  for (const path of tree.paths) {
    const branch = path.slice(tree.trunkLength);
    const added = branch.filter((node) => !nodes.has(node));
    if (nodes.size > 0 && nodes.size + added.length > MAX_RUN) {
      runs.push({ nodes: [...nodes].sort((a, b) => a - b), isTrunk: false });
      nodes = new Set();
    }
    for (const node of branch) {
      nodes.add(node);
    }
  }
  if (nodes.size > 0) {
    runs.push({ nodes: [...nodes].sort((a, b) => a - b), isTrunk: false });
  }
  return runs;
}
