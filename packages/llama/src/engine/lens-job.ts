import { LENS_PLACES, throwIfAborted } from "@caa/core";
import type { ForwardPass, PassOutput } from "./forward-pass.ts";
import type { LensJob, LensResult } from "./jobs.ts";
import { KeyValueCache } from "./key-value-cache.ts";
import type { LensReadout } from "./lens-readout.ts";
import { pieces, runNodes } from "./run-nodes.ts";
import { buildTokenTree } from "./token-tree.ts";

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
  const { nodes } = buildTokenTree([job.sequence]);
  const cells = job.layers.length * job.positions.length * LENS_PLACES.length;
  const topTokens = new Int32Array(cells * job.top);
  const topProbabilities = new Float64Array(cells * job.top);
  const cache = new KeyValueCache(pass.config, { rows: 1 });
  const end = (job.positions.at(-1) ?? -1) + 1; // nothing is read after it
  for (const run of pieces(end)) {
    throwIfAborted(signal);
    const first = run[0] ?? 0;
    const residualAt = job.positions
      .map((position) => position - first)
      .filter((at) => at >= 0 && at < run.length);
    const { inside, keyValues } = await runNodes(pass, nodes, {
      run,
      past: cache.contents.length === 0 ? null : cache.contents,
      vectors: job.vectors,
      residualAt,
      logitsAt: [],
      wantKeyValues: run.at(-1) !== end - 1,
      wantInside: residualAt.length > 0,
    });
    if (keyValues !== null) {
      cache.write(keyValues, 0, 0, first, run.length);
    }
    const rows = cellRows(job, inside, first, residualAt, pass.config.hidden_size);
    for (let start = 0; start < rows.length; start += readout.maxRows) {
      throwIfAborted(signal);
      const part = rows.slice(start, start + readout.maxRows);
      const { tokens, probabilities } = await readout.run(
        part.map(({ values }) => values),
        job.top,
      );
      part.forEach(({ cell }, i) => {
        const range = [i * job.top, (i + 1) * job.top] as const;
        topTokens.set(tokens.subarray(...range), cell * job.top);
        topProbabilities.set(probabilities.subarray(...range), cell * job.top);
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
