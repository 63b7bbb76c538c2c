import { LENS_PLACES, throwIfAborted } from "@caa/core";
import type { ForwardPass, PassOutput } from "./forward-pass.ts";
import type { LensJob, LensResult } from "./jobs.ts";
import type { LensReadout } from "./lens-readout.ts";
import { buildTokenTree } from "./token-tree.ts";
import { type RunReads, runTree } from "./tree-runs.ts";

/** What is read out: a row of numbers, and the index of its cell in the result. */
interface CellRow {
  readonly cell: number;
  /** (d_model) */
  readonly values: Float32Array;
}

/**
 * Reads the sequence, in pieces where it is long, and what it finds in each piece out.
 * @param pass of a graph with what is inside its blocks
 */
export async function runLensJob(
  pass: ForwardPass,
  readout: LensReadout,
  job: LensJob,
  signal: AbortSignal | undefined,
): Promise<LensResult> {
  const { layers, positions, top, sequence, vectors } = job;
  const cells = layers.length * positions.length * LENS_PLACES.length;
  const topTokens = new Int32Array(cells * top);
  const topProbabilities = new Float64Array(cells * top);
  const end = (positions.at(-1) ?? -1) + 1; // nothing is read after it
  // The nodes of a single sequence are its positions.
  const tree = buildTokenTree([{ ...sequence, ids: sequence.ids.slice(0, end) }]);
  const wanted = new Set(positions);
  const read = (nodes: readonly number[]): RunReads => ({
    residualAt: nodes.flatMap((position, i) => (wanted.has(position) ? [i] : [])),
    logitsAt: [],
  });
  for await (const run of runTree(pass, tree, { vectors, read, wantInside: true, signal })) {
    const { inside } = run.output;
    const rows = cellRows(job, inside, run.nodes[0] ?? 0, run.residualAt, pass.config.hidden_size);
    for (let start = 0; start < rows.length; start += readout.maxRows) {
      throwIfAborted(signal);
      const part = rows.slice(start, start + readout.maxRows);
      const { tokens, probabilities } = await readout.run(
        part.map(({ values }) => values),
        top,
      );
      part.forEach(({ cell }, i) => {
        const range = [i * top, (i + 1) * top] as const;
        topTokens.set(tokens.subarray(...range), cell * top);
        topProbabilities.set(probabilities.subarray(...range), cell * top);
      });
    }
  }
  return { topTokens, topProbabilities };
}

function cellRows(
  { layers, positions }: LensJob,
  inside: PassOutput["inside"],
  first: number,
  residualAt: readonly number[],
  dModel: number,
): readonly CellRow[] {
  const before = positions.filter((position) => position < first).length; // read in earlier pieces
  return layers.flatMap((layer, i) =>
    residualAt.flatMap((_, read) =>
      LENS_PLACES.map((place, j) => {
        const start = (layer * residualAt.length + read) * dModel;
        return {
          cell: (i * positions.length + before + read) * LENS_PLACES.length + j,
          values: inside[place].subarray(start, start + dModel),
        };
      }),
    ),
  );
}
