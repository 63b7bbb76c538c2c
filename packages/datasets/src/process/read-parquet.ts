import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { CaaError, throwIfAborted } from "@caa/core";
import { readFileLimited } from "@caa/core/files";
import { z } from "zod";
import { MAX_ORIGINAL_BYTES } from "../download/limits.ts";
import { MAX_ITEMS } from "../read/limits.ts";
import { PARQUET_WORKER } from "./parquet-worker.ts";

/** Of the thread's heap, on which arrays and texts lie that were counted against `maxUnpackedBytes`, and more than them. */
const MAX_HEAP_MB = 1024;

export interface ReadParquetOptions<Row> {
  /** Checks one row; its keys are the columns that are read. */
  readonly schema: z.ZodType<Row>;
  readonly columns: readonly string[];
  readonly signal?: AbortSignal | undefined;
  /** Bytes of arrays and texts unpacked from the file. @default 512 MiB; 14,000 questions take 15 */
  readonly maxUnpackedBytes?: number;
  /** @default 60 s; 14,000 questions take one */
  readonly timeLimitMs?: number;
}

export interface ParquetFile<Row> {
  readonly path: string;
  /** SHA-256, hex. */
  readonly hash: string;
  readonly rows: readonly Row[];
}

/**
 * The rows of a parquet file (plain or snappy). It is parsed in a thread of its own with limits of time and memory,
 * since the sizes that such a file states of itself may be lies.
 * @throws {CaaError} not-found, io, aborted; invalid-file naming the file and what it lacks; invalid-data naming row and field
 */
export async function readParquet<Row>(
  path: string,
  options: ReadParquetOptions<Row>,
): Promise<ParquetFile<Row>> {
  const bytes = await readFileLimited(path, MAX_ORIGINAL_BYTES);
  const hash = createHash("sha256").update(bytes).digest("hex");
  const answer = answerSchema.parse(await parse(path, bytes, options));
  if ("error" in answer) {
    throw invalid(path, `expected a parquet file, got: ${answer.error}`);
  }
  if ("missing" in answer) {
    throw invalid(
      path,
      `expected a column ${JSON.stringify(answer.missing)}, got: ${answer.there.join(", ")}`,
    );
  }
  return {
    path,
    hash,
    rows: answer.rows.map((row, i) => checkRow(path, row, i + 1, options.schema)),
  };
}

const answerSchema = z.union([
  z.object({ rows: z.array(z.unknown()) }),
  z.object({ missing: z.string(), there: z.array(z.string()) }),
  z.object({ error: z.string() }),
]);

function checkRow<Row>(path: string, row: unknown, number: number, schema: z.ZodType<Row>): Row {
  const result = schema.safeParse(row);
  if (result.success) {
    return result.data;
  }
  const [issue] = result.error.issues;
  const field = issue?.path.join(".") ?? "";
  const message = `${path}: row ${number}, field ${field}: ${issue?.message ?? "expected another value"}`;
  throw new CaaError("invalid-data", message, { facts: { path, row: number, field } });
}

function invalid(path: string, reason: string, cause?: unknown): CaaError {
  return new CaaError("invalid-file", `${path}: ${reason}`, { cause, facts: { path } });
}

function parse(
  path: string,
  bytes: Uint8Array<ArrayBuffer>,
  {
    columns,
    signal,
    maxUnpackedBytes = 512 * 2 ** 20,
    timeLimitMs = 60_000,
  }: Omit<ReadParquetOptions<unknown>, "schema">,
): Promise<unknown> {
  throwIfAborted(signal);
  const require = createRequire(import.meta.url);
  const hyparquet = pathToFileURL(require.resolve("hyparquet")).href;
  const worker = new Worker(PARQUET_WORKER, {
    eval: true,
    execArgv: [],
    env: {},
    workerData: {
      hyparquet,
      bytes,
      columns,
      maxRows: MAX_ITEMS,
      maxTotalBytes: maxUnpackedBytes,
    },
    transferList: [bytes.buffer],
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
  });
  return new Promise<unknown>((resolve, reject) => {
    const onAbort = (): void => {
      reject(new CaaError("aborted", "stopped by the caller", { cause: signal?.reason }));
    };
    const timer = setTimeout(() => {
      reject(invalid(path, `expected a parquet file that is read in ${timeLimitMs / 1000} s`));
    }, timeLimitMs);
    signal?.addEventListener("abort", onAbort, { once: true });
    worker.once("message", resolve);
    // Such as ERR_WORKER_OUT_OF_MEMORY.
    worker.once("error", (cause) =>
      reject(invalid(path, `expected a parquet file, got: ${cause.message}`, cause)),
    );
    worker.once("exit", () =>
      reject(invalid(path, "expected a parquet file, got one that stops its reader")),
    );
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    };
    worker.once("exit", end);
  }).finally(() => worker.terminate());
}
