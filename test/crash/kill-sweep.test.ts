import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { createRandom } from "@caa/core";
import { readCells } from "@caa/eval";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const KILLS = 50;
/** Cells of each of the two sweeps. */
const CELLS = 3 * 5;
/** How likely a process is killed at each step that it tells of, some 110 in all, and how long after it at most, in ms. */
const KILL_SHARE = 0.05;
const LATEST = 3;
const MINUTES = 60_000;

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

interface Loading {
  readonly child: ChildProcess;
  /** It said so. */
  readonly ready: Promise<unknown>;
}

let root = "";
let program = "";
/** Started ahead, since to load it takes longer than to sweep. */
let next: Loading | null = null;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "caa-crash-"));
  program = join(root, "sweep-process.mjs");
  await build({
    entryPoints: [here("sweep-process.ts")],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    tsconfig: here("../../tsconfig.json"),
    logLevel: "error",
  });
  next = start();
}, MINUTES);

afterAll(async () => {
  await next?.ready;
  next?.child.kill("SIGKILL");
  await rm(root, { recursive: true, force: true });
});

function start(): Loading {
  const child = fork(program, { execArgv: [], stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const failed = once(child, "exit").then(() => {
    throw new Error("the process of the sweep ended before it was ready");
  });
  return { child, ready: Promise.race([once(child, "message"), failed]) };
}

/** Runs both sweeps into a folder in a process of its own; killed at a moment that the seed decides, or not at all. */
async function sweep(folder: string, seed: number | null): Promise<"killed" | "finished"> {
  const { child, ready } = next ?? start();
  await ready;
  next = start();
  const random = seed === null ? null : createRandom(seed);
  let aimed = false;
  child.on("message", () => {
    if (random !== null && !aimed && random.uniform() < KILL_SHARE) {
      aimed = true;
      setTimeout(() => child.kill("SIGKILL"), LATEST * random.uniform());
    }
  });
  child.send(folder);
  const [code, signal]: unknown[] = await once(child, "exit");
  if (code !== 0 && signal !== "SIGKILL") {
    throw new Error(`the process of the sweep ended with ${String(code ?? signal)}`);
  }
  return code === 0 ? "finished" : "killed";
}

/** Contents of all files by name, hidden ones too. */
async function contents(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const files = paths.map(
    async (path) => [relative(folder, path), await readFile(path, "utf8")] as const,
  );
  return new Map(await Promise.all(files));
}

/** What a killed process may leave beside finished cells: rows of unfinished ones, and files that had no name yet. */
const isUnfinished = (path: string): boolean =>
  /(^|\/)\.partial\/[0-9a-f]{32}\.\d+\.jsonl$/.test(path) || isTemporary(path);
const isTemporary = (path: string): boolean => /(^|\/)\.layer=[^/]*\.[0-9a-f]{12}\.tmp$/.test(path);

describe("a sweep that is killed", () => {
  it(
    `${KILLS} times at random moments loses no cell, doubles none and leaves none torn`,
    async () => {
      const undisturbed = join(root, "undisturbed");
      expect(await sweep(undisturbed, null)).toBe("finished");
      const whole = await contents(undisturbed);
      expect(whole.size).toBe(2 * CELLS);
      expect(await readCells(undisturbed)).toHaveLength(2 * CELLS);

      const seen = { kills: 0, measuring: 0, writing: 0 };
      for (let folder = 0; seen.kills < KILLS; folder++) {
        const dir = join(root, `killed-${folder}`);
        await mkdir(dir);
        for (let end = "killed"; end === "killed";) {
          end = await sweep(dir, seen.kills < KILLS ? seen.kills + 1000 * folder : null);
          const files = await contents(dir);
          const finished = [...files].filter(([path]) => !isUnfinished(path));
          const torn = finished.filter(([path, content]) => content !== whole.get(path));
          expect(torn.map(([path]) => path)).toEqual([]);
          expect(await readCells(dir)).toHaveLength(finished.length);
          if (end === "killed") {
            seen.kills += 1;
            seen[finished.length % CELLS === 0 ? "measuring" : "writing"] += 1;
          }
        }
        const left = [...(await contents(dir)).keys()].filter((path) => !isTemporary(path));
        expect(left.sort()).toEqual([...whole.keys()].sort());
      }
      // Of 50 moments, two in five of which are in the time when cells are written.
      expect(seen.measuring).toBeGreaterThan(5);
      expect(seen.writing).toBeGreaterThan(5);
    },
    10 * MINUTES,
  );
});
