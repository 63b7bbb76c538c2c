import {
  BEHAVIOR_NAMES,
  type BehaviorName,
  PUBLISHED_SIZES,
  PUBLISHED_TEST_SIZES,
} from "@caa/datasets";
import { cellsOf, publishedTables } from "../published/published-cells.ts";
import type { PublishedCell, PublishedTable } from "../published/table.ts";
import { ORIGINAL_MODEL } from "../vectors/original-model.ts";
import { flags } from "./flags.ts";
import type { ReproduceOptions } from "./options.ts";

/** One command. */
export interface PlannedRun {
  /** What comes behind `caa`. */
  readonly args: readonly string[];
  /** How much work it is, in words, for the published data sets. */
  readonly work: string;
  /** The published figures that it measures; null where it measures none. */
  readonly table: PublishedTable | null;
  /** A folder that, where it is there, makes the run needless; null for runs that keep what is there by themselves. */
  readonly makes: string | null;
}

/** The published tables that are asked for. */
export function chosenTables({
  size,
  tests,
  fineTuning,
  behaviors,
}: ReproduceOptions): readonly PublishedTable[] {
  return publishedTables(size).filter(
    (table) =>
      tests.includes(table.type) &&
      (table.trained === undefined || fineTuning) &&
      behaviors.some((behavior) => table.rows[behavior] !== undefined),
  );
}

/** The published figures that are asked for. */
export function chosenCells(options: ReproduceOptions): readonly PublishedCell[] {
  return chosenTables(options)
    .flatMap(cellsOf)
    .filter(({ behavior }) => options.behaviors.includes(behavior));
}

/** All commands, in their order. */
export function planRuns(options: ReproduceOptions): readonly PlannedRun[] {
  const tables = chosenTables(options);
  return [
    ...vectorRuns(options),
    ...tables
      .filter(({ trained }) => trained === undefined)
      .map((table) => evalRun(table, options)),
    ...fineTuningRuns(tables, options),
    ...scoreRuns(tables, options),
  ];
}

function vectorRuns(options: ReproduceOptions): readonly PlannedRun[] {
  const { model, data, layer, limit } = options;
  const vectors = vectorsOf(options);
  const normalize = (name: string): PlannedRun =>
    run(["vectors", "normalize", ...flags({ model: name, vectors })], "no model");
  if (options.originalVectors !== null) {
    return [normalize(ORIGINAL_MODEL)];
  }
  // The norm is that over all seven behaviors, also where fewer are tested.
  const pairs = sum(BEHAVIOR_NAMES, (name) => cut(PUBLISHED_SIZES[name].generate, options));
  const made = { model, data, behaviors: BEHAVIOR_NAMES, layers: layer, out: vectors, limit };
  return [
    run(
      ["vectors", "generate", ...flags({ ...made, ...promptsOf(options), ...options.runtime })],
      `${pairs} contrast pairs`,
    ),
    normalize(model),
  ];
}

function evalRun(table: PublishedTable, options: ReproduceOptions, weights?: string): PlannedRun {
  const { type, multipliers } = table;
  const behaviors = options.behaviors.filter((name) => table.rows[name] !== undefined);
  const items = sum(behaviors, (name) => cut(itemsOf(table, name), options));
  const asked = {
    type,
    model: options.model,
    data: options.data,
    vectors: vectorsOf(options),
    behaviors,
    layers: options.layer,
    multipliers,
    "system-prompt": table.systemPrompt,
    "override-vector-model": options.originalVectors === null ? null : ORIGINAL_MODEL,
    "override-weights": weights,
    "no-controls": true,
    out: resultsOf(options),
    limit: options.limit,
    ...promptsOf(options),
    ...options.runtime,
    json: true,
  } as const;
  return run(
    ["eval", ...flags(asked)],
    type === "open_ended"
      ? `${items * multipliers.length} answers of at most 100 tokens`
      : `${items} items x ${multipliers.length} multipliers`,
    table,
  );
}

/** Every behavior is trained both ways, and each of the models tested. */
function fineTuningRuns(
  tables: readonly PublishedTable[],
  options: ReproduceOptions,
): readonly PlannedRun[] {
  const { model, data, limit, runtime } = options;
  return options.behaviors.flatMap((behavior) =>
    (["pos", "neg"] as const).flatMap((direction) => {
      const tests = tables.filter(
        ({ trained, rows }) => trained === direction && rows[behavior] !== undefined,
      );
      const some = limit === null ? "" : `_limit=${limit}`;
      const out = `${options.out}/finetuned/${behavior}_${direction}${some}`;
      const { threads } = runtime; // trained in float32 on the processor
      const taught = { model, data, behavior, direction, out, limit, threads };
      const training = run(
        ["finetune", ...flags({ ...taught, ...promptsOf(options) })],
        `${cut(PUBLISHED_SIZES[behavior].generate, options)} steps`,
      );
      return tests.length === 0
        ? []
        : [
            { ...training, makes: out },
            ...tests.map((table) => evalRun(table, { ...options, behaviors: [behavior] }, out)),
          ];
    }),
  );
}

function scoreRuns(
  tables: readonly PublishedTable[],
  options: ReproduceOptions,
): readonly PlannedRun[] {
  const { judge, data, behaviors } = options;
  const open = tables.filter(({ type }) => type === "open_ended");
  if (judge === null || open.length === 0) {
    return [];
  }
  const answers = sum(open, (table) =>
    sum(
      behaviors.filter((name) => table.rows[name] !== undefined),
      (name) => table.multipliers.length * cut(itemsOf(table, name), options),
    ),
  );
  const results = resultsOf(options);
  const asked = {
    results,
    data,
    judge: judge.model,
    "base-url": judge.baseUrl,
    json: true,
  } as const;
  return [run(["score", ...flags(asked)], `about ${answers} requests to the judge`)];
}

function run(
  args: readonly string[],
  work: string,
  table: PublishedTable | null = null,
): PlannedRun {
  return { args, work, table, makes: null };
}

function itemsOf({ type }: PublishedTable, behavior: BehaviorName): number {
  const { testAb, testOpenEnded } = PUBLISHED_SIZES[behavior];
  const { mmlu, truthfulQa } = PUBLISHED_TEST_SIZES;
  return { ab: testAb, open_ended: testOpenEnded, mmlu, truthful_qa: truthfulQa }[type];
}

function cut(items: number, { limit }: ReproduceOptions): number {
  return Math.min(items, limit ?? items);
}

/** Where vectors are. */
export function vectorsOf({ out }: ReproduceOptions): string {
  return `${out}/vectors`;
}

/** Where results go. */
export function resultsOf({ out }: ReproduceOptions): string {
  return `${out}/results`;
}

/** The published prompts, with the system block before `[INST]`; another model has its own. */
function promptsOf({ published }: ReproduceOptions): Readonly<Record<string, string>> {
  return published ? { "prompt-style": "llama2-chat", "system-position": "before" } : {};
}

function sum<Value>(values: readonly Value[], of: (value: Value) => number): number {
  return values.reduce((total, value) => total + of(value), 0);
}
