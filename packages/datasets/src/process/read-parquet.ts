import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { deserialize } from "node:v8";
import { CaaError, throwIfAborted } from "@caa/core";
import { readFileLimited } from "@caa/core/files";
import { z } from "zod";
import { MAX_ORIGINAL_BYTES } from "../download/limits.ts";
import { MAX_ITEMS } from "../read/limits.ts";
import { PARQUET_PROGRAM } from "./parquet-program.ts";

/** Of an answer, however little may be unpacked: room for what is wrong with a file. */
const MIN_ANSWER_BYTES = 2 ** 20;

export interface ReadParquetOptions<Row> {
  /** Checks one row; its keys are the columns that are read. */
  readonly schema: z.ZodType<Row>;
  readonly columns: readonly string[];
  readonly signal?: AbortSignal | undefined;
  /** Bytes of arrays and texts unpacked from the file. @default 512 MiB; 14,000 questions take 15 */
  readonly maxUnpackedBytes?: number;
  /** Of the heap of the process that parses, on which they lie and more than them, in MB. @default 1024 */
  readonly maxHeapMb?: number;
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
 * The rows of a parquet file (plain or snappy). It is parsed in a process of its own with limits of time and memory,
 * since the sizes that such a file states of itself may be lies; in a thread, some of them end the whole program.
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
    maxHeapMb = 1024,
    timeLimitMs = 60_000,
  }: Omit<ReadParquetOptions<unknown>, "schema">,
): Promise<unknown> {
  throwIfAborted(signal);
  const hyparquet = pathToFileURL(createRequire(import.meta.url).resolve("hyparquet")).href;
  const asked = { hyparquet, columns, maxRows: MAX_ITEMS, maxTotalBytes: maxUnpackedBytes };
  return new Promise<unknown>((resolve, reject) => {
    const child = execFile(
      process.execPath,
      [`--max-old-space-size=${maxHeapMb}`, "-e", PARQUET_PROGRAM, JSON.stringify(asked)],
      {
        encoding: "buffer",
        maxBuffer: Math.max(MIN_ANSWER_BYTES, maxUnpackedBytes),
        timeout: timeLimitMs,
        killSignal: "SIGKILL",
        ...(signal === undefined ? {} : { signal }),
      },
      (cause, answer) => {
        if (cause === null) {
          resolve(deserialize(answer));
        } else if (signal?.aborted === true) {
          reject(new CaaError("aborted", "stopped by the caller", { cause: signal.reason }));
        } else if (cause.killed === true) {
          reject(invalid(path, `expected a parquet file that is read in ${timeLimitMs / 1000} s`));
        } else {
          // Such as a heap that is full; or an answer that is too long.
          reject(invalid(path, "expected a parquet file, got one that stops its reader", cause));
        }
      },
    );
    // It may end before it has read all: its exit says more.
    child.stdin?.on("error", () => {});
    child.stdin?.end(bytes);
  });
}
