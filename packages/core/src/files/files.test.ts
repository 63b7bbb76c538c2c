import { execFileSync } from "node:child_process";
import type * as FileSystem from "node:fs/promises";
import {
  mkdir,
  mkdtemp,
  open,
  readFile,
  readdir,
  rm,
  stat,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { readFileLimited } from "./read-file-limited.ts";
import { sha256File } from "./sha256-file.ts";
import { writeFileAtomic } from "./write-file-atomic.ts";

const disk = vi.hoisted(() => ({ full: false }));

vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof FileSystem>();
  return {
    ...real,
    open: async (...args: Parameters<typeof real.open>) => {
      const handle = await real.open(...args);
      if (disk.full && args[1] === "wx") {
        // As a full disk does: a part is written, then the error comes.
        handle.writeFile = async () => {
          await handle.write("par");
          throw Object.assign(new Error("ENOSPC: no space left on device, write"), {
            code: "ENOSPC",
          });
        };
      }
      return handle;
    },
  };
});

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "caa-files-"));
});
afterEach(async () => {
  disk.full = false;
  await rm(folder, { recursive: true, force: true });
});

describe("writeFileAtomic", () => {
  test("writes text and bytes, makes folders, replaces, and leaves nothing else", async () => {
    const path = join(folder, "a", "b", "out.json");
    await writeFileAtomic(path, "first");
    await writeFileAtomic(path, Uint8Array.from([104, 105]));
    expect(await readFile(path, "utf8")).toBe("hi");
    expect(await readdir(join(folder, "a", "b"))).toEqual(["out.json"]);
  });

  test("a full disk is an io error that names the path; the old content stays, no part is left", async () => {
    const path = join(folder, "out.json");
    await writeFileAtomic(path, "old");
    disk.full = true;
    await expect(writeFileAtomic(path, "new")).rejects.toMatchObject({
      code: "io",
      message: `write ${path}: the disk is full`,
      facts: { path, errno: "ENOSPC" },
    });
    expect(await readFile(path, "utf8")).toBe("old");
    expect(await readdir(folder)).toEqual(["out.json"]);
  });

  test("removes what a process left that was killed more than an hour ago, and nothing else", async () => {
    const old = (await stat(folder)).mtimeMs / 1000 - 3700;
    const names = [".cell.json.0123456789ab.tmp", ".other.json.ba9876543210.tmp", ".mine.tmp"];
    for (const name of names) {
      await writeFile(join(folder, name), "par");
    }
    await utimes(join(folder, ".cell.json.0123456789ab.tmp"), old, old);
    await utimes(join(folder, ".mine.tmp"), old, old);
    await writeFileAtomic(join(folder, "out.json"), "whole");
    expect((await readdir(folder)).sort()).toEqual([...names.slice(1), "out.json"].sort());
  });

  test("a folder under that name, and a file where a folder should be", async () => {
    await mkdir(join(folder, "taken", "inner"), { recursive: true });
    await expect(writeFileAtomic(join(folder, "taken"), "x")).rejects.toMatchObject({ code: "io" });
    await writeFile(join(folder, "file"), "x");
    await expect(writeFileAtomic(join(folder, "file", "out"), "x")).rejects.toMatchObject({
      code: "io",
    });
    expect((await readdir(folder)).sort()).toEqual(["file", "taken"]);
  });

  test("a name of the greatest length, and many writers of one file", async () => {
    const path = join(folder, "n".repeat(255));
    await Promise.all(["aaa", "bbb", "ccc", "ddd"].map((text) => writeFileAtomic(path, text)));
    expect(["aaa", "bbb", "ccc", "ddd"]).toContain(await readFile(path, "utf8"));
    expect(await readdir(folder)).toHaveLength(1);
  });
});

test("readFileLimited reads up to its limit and refuses more, folders, and what is not there", async () => {
  const path = join(folder, "a");
  await writeFile(path, "12345");
  expect(new TextDecoder().decode(await readFileLimited(path, 5))).toBe("12345");
  await expect(readFileLimited(path, 4)).rejects.toMatchObject({
    code: "invalid-file",
    facts: { size: 5 },
  });
  await expect(readFileLimited(folder, 4)).rejects.toMatchObject({ code: "invalid-file" });
  await expect(readFileLimited(join(folder, "none"), 4)).rejects.toMatchObject({
    code: "not-found",
  });
  await expect(readFileLimited(path, -1)).rejects.toMatchObject({ code: "invalid-argument" });
});

test.skipIf(process.platform === "win32")(
  "readFileLimited refuses a named pipe that nothing is written to, and does not wait",
  async () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    await expect(readFileLimited(pipe, 4)).rejects.toMatchObject({ code: "invalid-file" });
  },
);

test("sha256File equals the published values, and stops", async () => {
  const path = join(folder, "abc");
  await writeFile(path, "abc");
  // FIPS 180-2, appendix B.1
  expect(await sha256File(path)).toBe(
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
  const handle = await open(path, "w");
  await handle.close();
  expect(await sha256File(path)).toBe(
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  );
  await expect(sha256File(join(folder, "none"))).rejects.toMatchObject({ code: "not-found" });
  await expect(sha256File(path, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: "aborted",
  });
});
