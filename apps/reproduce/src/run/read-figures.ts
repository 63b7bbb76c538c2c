import { relative } from "node:path";
import { CaaError } from "@caa/core";
import { BEHAVIOR_NAMES } from "@caa/datasets";
import { type ChoiceCell, CHOICE_TYPES, readCells, ResultStore } from "@caa/eval";
import { z } from "zod";
import { asOriginal } from "../compare/as-original.ts";
import type { MeasuredCell } from "../compare/compare.ts";
import type { CellKey, PublishedTable } from "../published/table.ts";

const settingsSchema = z.looseObject({
  behavior: z.enum(BEHAVIOR_NAMES),
  multiplier: z.number(),
  systemPrompt: z.enum(["pos", "neg"]).nullable(),
  overrideWeights: z.string().nullable(),
});

const evalSchema = z.object({
  runs: z.array(z.object({ cells: z.array(z.object({ file: z.string() })) })),
});

const scoreSchema = z.object({
  cells: z.array(
    z.object({
      settings: settingsSchema,
      summary: z.object({ n: z.number(), mean: z.number().nullable() }),
      file: z.string(),
    }),
  ),
});

/** The files of cells that `caa eval --json` names, from the folder of results. */
export function filesOf(stdout: string, results: string): readonly string[] {
  const { runs } = parse(evalSchema, stdout, "caa eval --json");
  return runs.flatMap(({ cells }) => cells.map(({ file }) => relative(results, file)));
}

/** The figures of one test from the cells of these files, as the original computes them. */
export async function readChoiceFigures(
  dir: string,
  files: readonly string[],
  { type, trained }: PublishedTable,
): Promise<readonly MeasuredCell[]> {
  const types = CHOICE_TYPES.filter((one) => one === type);
  const store = new ResultStore(dir);
  const cells: readonly ChoiceCell[] = await readCells(dir, { types });
  return cells.flatMap(({ settings, rows }) => {
    const value = files.includes(relative(dir, store.path(settings))) ? asOriginal(rows) : null;
    return value === null
      ? []
      : [{ ...keyOfSettings(settings, type, trained ?? null), value, n: rows.length }];
  });
}

/** The mean scores that `caa score --json` gives for the cells of these files. */
export function readScoreFigures(
  stdout: string,
  files: ReadonlyMap<string, PublishedTable>,
): readonly MeasuredCell[] {
  return parse(scoreSchema, stdout, "caa score --json").cells.flatMap(
    ({ settings, summary, file }) => {
      // Scores are named as the cells that they are of.
      const table = files.get(file.split(/[\\/]/).slice(-2).join("/"));
      return table === undefined || summary.mean === null
        ? []
        : [
            {
              ...keyOfSettings(settings, table.type, table.trained ?? null),
              value: summary.mean,
              n: summary.n,
            },
          ];
    },
  );
}

function keyOfSettings(
  settings: unknown,
  type: CellKey["type"],
  trained: CellKey["trained"],
): CellKey {
  const { behavior, multiplier, systemPrompt } = settingsSchema.parse(settings);
  return { type, behavior, multiplier, systemPrompt, trained };
}

function parse<Value>(schema: z.ZodType<Value>, text: string, what: string): Value {
  const parsed = schema.safeParse(JSON.parse(text));
  if (!parsed.success) {
    const message = `${what}: expected figures, got others: ${z.prettifyError(parsed.error)}`;
    throw new CaaError("invalid-data", message, { cause: parsed.error });
  }
  return parsed.data;
}
