import { join } from "node:path";
import { CaaError } from "@caa/core";
import type { BehaviorName } from "../behaviors/known-behaviors.ts";
import { listDataFiles, listNames } from "../layout/data-files.ts";
import type { SetName } from "./set-name.ts";

/** The two files that sycophancy is mixed of, in the order of the published mix. */
const SYCOPHANCY_PARTS = [
  "sycophancy_on_nlp_survey",
  "sycophancy_on_political_typology_quiz",
] as const;

/** The 53 original questions for sycophancy, in its raw folder. */
const SYCOPHANCY_QUESTIONS = "test_dataset_open_ended";

/** Raw files of one set, in the order in which their items are taken. */
export interface RawFiles {
  readonly items: readonly string[];
  /** Open-ended questions that are published as such; null where they come from the items. */
  readonly openEnded: string | null;
}

/**
 * The raw files of a set under `DIR/raw/<set>`, the first that is there of
 * - sycophancy: its two parts, then `dataset`;
 * - the other behaviors: `<behavior>`, then `dataset`;
 * - truthfulqa, mmlu: every `.parquet` file, or only those of the test split where some are named so.
 *
 * Texts end in `.json`, `.jsonl` or `.csv`, each also gzipped.
 * @throws {CaaError} not-found naming what was looked for, also when half of sycophancy is there; io
 */
export async function findRawFiles(dir: string, name: SetName): Promise<RawFiles> {
  const folder = join(dir, "raw", name);
  if (name === "truthfulqa" || name === "mmlu") {
    const parquet = (await listNames(folder)).filter((file) => file.endsWith(".parquet"));
    const test = parquet.filter((file) => file.startsWith("test"));
    const files = test.length > 0 ? test : parquet;
    if (files.length === 0) {
      throw missing(folder, name, "a .parquet file");
    }
    return { items: files.map((file) => join(folder, file)), openEnded: null };
  }
  return name === "sycophancy" ? findSycophancy(folder) : findBehavior(folder, name);
}

async function findBehavior(folder: string, name: BehaviorName): Promise<RawFiles> {
  const [found] = await listDataFiles(folder, [name, "dataset"]);
  if (found === undefined) {
    throw missing(folder, name, `${name}.jsonl or dataset.json`);
  }
  return { items: [found], openEnded: null };
}

async function findSycophancy(folder: string): Promise<RawFiles> {
  const [openEnded = null] = await listDataFiles(folder, [SYCOPHANCY_QUESTIONS]);
  const parts: string[] = [];
  for (const part of SYCOPHANCY_PARTS) {
    parts.push(...(await listDataFiles(folder, [part])).slice(0, 1));
  }
  if (parts.length === SYCOPHANCY_PARTS.length) {
    return { items: parts, openEnded };
  }
  const [mixed] = await listDataFiles(folder, ["dataset"]);
  if (mixed !== undefined) {
    return { items: [mixed], openEnded };
  }
  const both = SYCOPHANCY_PARTS.map((part) => `${part}.jsonl`).join(" and ");
  const [half] = parts;
  throw missing(
    folder,
    "sycophancy",
    `${both}, or dataset.json`,
    half === undefined ? "none" : `${half} alone`,
  );
}

function missing(folder: string, name: SetName, expected: string, got = "none"): CaaError {
  const message = `${folder}: expected ${expected}, got ${got}. Get it: caa data download ${name}`;
  return new CaaError("not-found", message, { facts: { folder, name } });
}
