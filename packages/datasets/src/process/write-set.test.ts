import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as Files from "@caa/core/files";
import { CaaError } from "@caa/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { itemsFile, jsonFile, type OutputFile, writeSet } from "./write-set.ts";

const disk = vi.hoisted(() => ({ writesLeft: Infinity }));

vi.mock("@caa/core/files", async (original) => {
  const real = await original<typeof Files>();
  const writeFileAtomic: typeof real.writeFileAtomic = async (path, content) => {
    if (disk.writesLeft === 0) {
      throw new CaaError("io", `write ${path}: the disk is full`);
    }
    disk.writesLeft -= 1;
    await real.writeFileAtomic(path, content);
  };
  return { ...real, writeFileAtomic };
});

let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "caa-write-set-"));
});
afterEach(async () => {
  disk.writesLeft = Infinity;
  await rm(dir, { recursive: true });
});

const set = (seed: number): readonly OutputFile[] => [
  jsonFile("generate/calm/behavior.json", { name: "calm" }),
  itemsFile("generate/calm/generate_dataset.json", [`pairs of seed ${seed}`], 1),
  itemsFile("test/calm/test_dataset_ab.json", [`items of seed ${seed}`], 1),
  itemsFile("test/calm/test_dataset_open_ended.json", [`questions of seed ${seed}`], 1),
];

/** Every file that is there, with the seed that its content names. */
async function seeds(): Promise<Record<string, string | undefined>> {
  const names = (await readdir(dir, { recursive: true })).filter((name) => name.endsWith(".json"));
  const found: Record<string, string | undefined> = {};
  for (const name of names) {
    const seed = /seed (\d)/.exec(await readFile(join(dir, name), "utf8"))?.[1];
    if (seed !== undefined) {
      found[name] = seed;
    }
  }
  return found;
}

describe("writeSet", () => {
  it.each([0, 1, 2])("cut off after %i files, leaves nothing of the old set", async (count) => {
    await writeSet(dir, set(1), { overwrite: false });
    disk.writesLeft = count;
    await expect(writeSet(dir, set(2), { overwrite: true })).rejects.toMatchObject({ code: "io" });
    const there = await seeds();
    expect(Object.values(there)).toEqual(Array.from({ length: count }, () => "2"));
    expect(await readdir(join(dir, "generate/calm"))).toContain("behavior.json"); // the same in both
    disk.writesLeft = Infinity;
    await writeSet(dir, set(2), { overwrite: false });
    expect(Object.values(await seeds())).toEqual(["2", "2", "2"]);
  });

  it("removes nothing when it refuses to replace", async () => {
    await writeSet(dir, set(1), { overwrite: false });
    await expect(writeSet(dir, set(2), { overwrite: false })).rejects.toMatchObject({
      code: "invalid-argument",
    });
    expect(Object.values(await seeds())).toEqual(["1", "1", "1"]);
  });
});
