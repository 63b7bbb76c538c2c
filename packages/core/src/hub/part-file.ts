import { readdir, rename, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { errorCode } from "../files/wrap-error.ts";

/** Parts of one process are told apart by their number. */
let count = 0;

/**
 * Where a file grows until it is whole: `<target>.incomplete` while no run works on it, under a name of its own while one
 * does, so that two runs never write into the same part.
 */
export class PartFile {
  readonly path: string;
  readonly #resting: string;

  private constructor(target: string) {
    count += 1;
    this.#resting = `${target}.incomplete`;
    this.path = `${this.#resting}.${ownerName(process.pid)}-${count}`;
  }

  /**
   * A part for this run. With `joins` it begins with what an earlier run left: at rest, or with a process of this machine
   * that is no more.
   */
  static async claim(target: string, joins: boolean): Promise<PartFile> {
    const part = new PartFile(target);
    if (joins && !(await moved(part.#resting, part.path))) {
      for (const orphan of await orphansOf(part.#resting)) {
        if (await moved(orphan, part.path)) {
          break;
        }
      }
    }
    return part;
  }

  /** Leaves what has come for a later run. */
  async rest(): Promise<void> {
    await moved(this.path, this.#resting);
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true });
  }
}

/** False when there is no such file: another run was faster. */
async function moved(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (errorCode(error) === "ENOENT") {
      return false;
    }
    throw error;
  }
}

/** Process numbers mean nothing on another machine that shares the folder. */
const ownerName = (pid: number): string => `${hostname().replaceAll(/[^\w.]/g, "_")}-${pid}`;

/** Parts of processes that were killed. */
async function orphansOf(resting: string): Promise<readonly string[]> {
  const folder = dirname(resting);
  const prefix = `${basename(resting)}.`;
  const names = await readdir(folder);
  return names
    .filter((name) => {
      const [owner, pid] = /^(?:.*-)?(\d+)-\d+$/.exec(name.slice(prefix.length)) ?? [];
      return (
        name.startsWith(prefix) &&
        owner?.startsWith(`${ownerName(Number(pid))}-`) === true &&
        !isRunning(Number(pid))
      );
    })
    .map((name) => join(folder, name));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== "ESRCH"; // one that may not be asked runs
  }
}
