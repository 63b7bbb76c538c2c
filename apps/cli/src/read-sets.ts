import { resolve } from "node:path";
import { CaaError } from "@caa/core";
import {
  type AbItem,
  type DataSet,
  findBehaviors,
  findDataFile,
  readAbTestSet,
  readGenerateSet,
} from "@caa/datasets";

export interface ReadSetsOptions {
  /** The data folder, as it was given. */
  readonly data: string;
  /** @default all that are there */
  readonly behaviors?: readonly string[];
}

const kinds = {
  generate: {
    what: "contrast pairs in generate/<behavior>/generate_dataset.json",
    read: readGenerateSet,
  },
  "test-ab": { what: "test items in test/<behavior>/test_dataset_ab.json", read: readAbTestSet },
} as const;

/**
 * The data sets of the behaviors asked for. Read before a model is opened: a slip costs seconds, not minutes.
 * @throws {CaaError} empty-selection without behaviors; not-found, invalid-data
 */
export async function readSets(
  kind: keyof typeof kinds,
  { data, behaviors: asked }: ReadSetsOptions,
  cwd: string,
): Promise<ReadonlyArray<DataSet<AbItem>>> {
  const { what, read } = kinds[kind];
  const dir = resolve(cwd, data);
  const behaviors = asked ?? (await findBehaviors(dir, { kind }));
  if (behaviors.length === 0) {
    throw new CaaError("empty-selection", `${data}: expected ${what}, got none`);
  }
  return Promise.all(
    behaviors.map(async (behavior) => read(await findDataFile(dir, behavior, kind), { behavior })),
  );
}
