import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { cosine, norm } from "@caa/core";
import { loadSteeringVectors, saveSteeringVectors } from "@caa/core/files";
import { madeUpVectors } from "@caa/core/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CliHarness } from "../testing/harness.ts";

let cli: CliHarness;
const file = (behavior: string): string => join(cli.cwd, "vectors", behavior, "m.safetensors");

beforeEach(async () => {
  cli = await CliHarness.create([]);
  for (const [i, behavior] of ["kind", "frank", "brief"].entries()) {
    await mkdir(join(cli.cwd, "vectors", behavior), { recursive: true });
    await saveSteeringVectors(
      file(behavior),
      madeUpVectors({ seed: i + 1, dModel: 16, metadata: { behavior, modelId: "m" } }),
    );
  }
});
afterEach(async () => {
  await cli[Symbol.asyncDispose]();
});

describe("caa vectors combine", () => {
  it("writes a weighted sum without what it shares with others, and info tells its story", async () => {
    const made = await cli.run("vectors combine --sum kind frank:-0.5 --without brief --as new");
    expect(made).toMatchObject({ code: 0, stderr: "" });
    const at = async (name: string): Promise<Float32Array> =>
      (await loadSteeringVectors(file(name))).vector(3);
    const [frank, brief, result] = [await at("frank"), await at("brief"), await at("new")];
    const sum = (await at("kind")).map((x, i) => x - 0.5 * (frank[i] ?? 0));
    expect(Math.abs(cosine(result, brief))).toBeLessThan(1e-6);
    // By Pythagoras what is left and what was taken away make up the sum.
    expect(Math.hypot(norm(result), norm(sum) * cosine(sum, brief))).toBeCloseTo(norm(sum), 5);

    const info = await cli.run("vectors info new");
    expect(info.stdout).toMatch(
      /combined: new without brief[^]*1 \* kind - 0.5 \* frank[^]*kind of m/,
    );
    const json: unknown = JSON.parse((await cli.run("vectors info new --json")).stdout);
    expect(json).toMatchObject({ metadata: { behavior: "new", pairCount: 0 }, shuffleCount: 5 });
  });

  it("replaces nothing unasked, and names what is not there", async () => {
    const again = await cli.run("vectors combine --sum kind --as frank");
    expect(again).toMatchObject({ code: 2, stderr: expect.stringMatching(/--overwrite/) });
    const missing = await cli.run("vectors combine --sum knid --as x");
    expect(missing).toMatchObject({ code: 2, stderr: expect.stringMatching(/Did you mean kind/) });
    const zero = await cli.run("vectors combine --sum kind:0 --as x");
    expect(zero).toMatchObject({ code: 2, stderr: expect.stringMatching(/not 0/) });
  });
});

it("caa vectors orthogonalize keeps the first and leaves the others nothing in common", async () => {
  expect(await cli.run("vectors orthogonalize kind frank brief")).toMatchObject({ code: 0 });
  const names = ["kind", "frank-orthogonal", "brief-orthogonal"];
  const all = await Promise.all(names.map((name) => loadSteeringVectors(file(name))));
  for (const [i, one] of all.entries()) {
    for (const other of all.slice(0, i)) {
      expect(Math.abs(cosine(one.vector(5), other.vector(5)))).toBeLessThan(1e-6);
    }
  }
});

it("caa vectors diff tells differences in numbers and in metadata", async () => {
  const same = await cli.run("vectors diff kind vectors/kind/m.safetensors");
  expect(same.stdout).toMatch(/numbers are the same[^]*metadata is the same/);
  const other = await cli.run("vectors diff kind frank");
  expect(other.stdout).toMatch(/behavior +kind +frank/);
  expect(other.stdout).not.toMatch(/same/);
  const json: unknown = JSON.parse((await cli.run("vectors diff kind frank --json")).stdout);
  expect(json).toMatchObject({ layers: [{ layer: 3 }, { layer: 5 }], onlyInA: [] });
});
