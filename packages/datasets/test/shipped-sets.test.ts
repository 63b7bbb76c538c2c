import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { builtInAbSet, builtInFiles, builtInOpenEndedSet } from "../src/index.ts";
import {
  BEHAVIOR_NAMES,
  findDataFile,
  readAbTestSet,
  readGenerateSet,
  readOpenEndedSet,
} from "../src/index.ts";

const datasets = fileURLToPath(new URL("../../../datasets", import.meta.url));

it("the sets in datasets/ are what the grammar makes, byte for byte", async () => {
  const files = builtInFiles();
  for (const { file, text } of files) {
    expect({ file, same: (await readFile(join(datasets, file), "utf8")) === text }).toEqual({
      file,
      same: true,
    });
  }
  const there = await readdir(datasets, { recursive: true, withFileTypes: true });
  const kept = there.filter(
    (entry) => entry.isFile() && !entry.parentPath.startsWith(join(datasets, "original")),
  );
  expect(kept).toHaveLength(files.length);
});

it("reading them gives the sets that are built in, with the same hash", async () => {
  for (const name of BEHAVIOR_NAMES) {
    const find = (kind: Parameters<typeof findDataFile>[2]): Promise<string> =>
      findDataFile(datasets, name, kind);
    const read = [
      await readGenerateSet(await find("generate")),
      await readAbTestSet(await find("test-ab")),
      await readOpenEndedSet(await find("test-open-ended")),
    ];
    const made = [
      builtInAbSet(name, "generate"),
      builtInAbSet(name, "test-ab"),
      builtInOpenEndedSet(name),
    ];
    for (const [i, set] of read.entries()) {
      expect(set).toMatchObject({ ...made[i], path: set.path });
    }
  }
});
