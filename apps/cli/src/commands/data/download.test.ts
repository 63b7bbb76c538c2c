import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type FakeHub, startFakeHub } from "@caa/core/hub/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CliHarness } from "../../testing/harness.ts";

const parquet = new TextEncoder().encode(`PAR1${"x".repeat(2000)}PAR1`);
const TRUTHFULQA = "raw/truthfulqa/validation-00000-of-00001.parquet";
const MMLU = "raw/mmlu/test-00000-of-00001.parquet";

let cli: CliHarness;
let hub: FakeHub;
beforeEach(async () => {
  cli = await CliHarness.create([]);
  hub = await startFakeHub({
    type: "dataset",
    id: "truthfulqa/truthful_qa",
    commit: "0".repeat(40),
    files: { "generation/validation-00000-of-00001.parquet": parquet },
    plain: { [`mirror/${TRUTHFULQA}`]: parquet, [`mirror/${MMLU}`]: parquet },
  });
});
afterEach(async () => {
  await hub.close();
  await cli[Symbol.asyncDispose]();
});

const mirrored = (): { readonly env: Readonly<Record<string, string>> } => ({
  env: { CAA_DATA_MIRROR: `${hub.endpoint}/mirror`, HF_HOME: join(cli.cwd, "home") },
});

async function put(path: string, content: string): Promise<void> {
  await mkdir(join(cli.cwd, path, ".."), { recursive: true });
  await writeFile(join(cli.cwd, path), content);
}

describe("data download", () => {
  it("fetches from a mirror and says what every file is", async () => {
    const { code, stdout, stderr } = await cli.run("data download truthfulqa mmlu", mirrored());
    expect(stderr).toBe("next: caa data process\n");
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^set +file +how +pin +from\ntruthfulqa +validation-0.* downloaded +no pin known +http/,
    );
    const file = join(cli.cwd, "datasets/original", MMLU);
    expect(new Uint8Array(await readFile(file))).toEqual(parquet);
  });

  it("speaks to the hub at HF_ENDPOINT, with JSON alone on stdout", async () => {
    const env = { HF_ENDPOINT: hub.endpoint, HF_HOME: join(cli.cwd, "home"), HF_TOKEN: "hf_abcd" };
    const line = "data download truthfulqa --json --out o";
    const { code, stdout, stderr } = await cli.run(line, { env });
    expect([code, stderr]).toEqual([0, "next: caa data process --data o\n"]);
    expect(JSON.parse(stdout)).toMatchObject({
      sets: [{ set: "truthfulqa", complete: true, failure: null, files: [{ match: "no-pin" }] }],
    });
    expect(await readdir(join(cli.cwd, "home/hub"))).toEqual(["datasets--truthfulqa--truthful_qa"]);
    expect([...hub.authorization.hub]).toEqual(["Bearer hf_abcd"]);
    expect([...hub.authorization.content]).toEqual([undefined]);
  });

  it("what could not be had is an error, what came stays", async () => {
    const { code, stdout, stderr } = await cli.run("data download refusal mmlu", mirrored());
    expect(code).toBe(2);
    expect(stdout).toMatch(/^refusal +- +MISSING/m);
    expect(stdout).toMatch(/^mmlu .* downloaded/m);
    expect(stderr).toMatch(
      /^error: data download: expected 2 data sets, 1 could not be had:\n {2}refusal: http.*refusal\/dataset.json: there is no such file \(404\)\n$/,
    );
  });

  it("a copy that differs is kept apart and is an error", async () => {
    await put("mine/refusal/dataset.json", '[{"question":"Why?"}]');
    const { code, stdout, stderr } = await cli.run("data download refusal --from mine", mirrored());
    expect(code).toBe(2);
    expect(stdout).toMatch(
      /^refusal +differs\/[0-9a-f]{8}-dataset.json +copied +DIFFERS +refusal/m,
    );
    expect(stderr).toMatch(
      /\n {2}refusal: expected the published files, got others, which are kept/,
    );
    expect(hub.requests).toEqual([]);
  });

  it("stopped by Ctrl-C it ends with 130 and a hint", async () => {
    const { code, stderr } = await cli.run("data download mmlu", {
      ...mirrored(),
      signal: AbortSignal.abort(),
    });
    expect(code).toBe(130);
    expect(stderr).toMatch(/^What came is kept in datasets\/original. Run the same command again/);
  });

  it.each([
    ["data download mlmu", /Did you mean "mmlu"\?/],
    ["data list sycofancy", /Did you mean "sycophancy"\?/],
    ["data download --from nowhere", /nowhere: expected a folder of originals, got no folder/],
    ["data downlaod", /Did you mean download\?/],
  ])("`caa %s` is refused with code 2", async (line, message) => {
    const { code, stdout, stderr } = await cli.run(line, mirrored());
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
  });

  it("a password in an address is refused, and stands nowhere", async () => {
    const address = hub.endpoint.replace("//", "//bob:hunter2@");
    for (const name of ["CAA_DATA_MIRROR", "HF_ENDPOINT"]) {
      const env = { [name]: address, HF_HOME: join(cli.cwd, "home") };
      const { code, stdout, stderr } = await cli.run("data download mmlu --json", { env });
      expect(code).toBe(2);
      expect(stderr).toMatch(/mmlu: .*: expected an address without user name and password/);
      expect(stdout + stderr).not.toContain("hunter2");
    }
  });

  it("a mirror that is no address is refused", async () => {
    const env = { CAA_DATA_MIRROR: "mirror.example", HF_HOME: cli.cwd };
    const { code, stderr } = await cli.run("data download mmlu", { env });
    expect(code).toBe(2);
    expect(stderr).toContain('expected an http(s) address, got "mirror.example/raw/mmlu');
  });
});

describe("data list", () => {
  it("says what there is, and changes nothing", async () => {
    await cli.run("data download mmlu", mirrored());
    await put("datasets/original/raw/refusal/dataset.json", "[]");
    const { code, stdout, stderr } = await cli.run("data list");
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^set +size +on disk +pin +license\n/);
    expect(stdout).toMatch(/^sycophancy +1000\/50\/53 +no +- +CC BY 4.0/m);
    expect(stdout).toMatch(/^refusal +408\/50\/50 +DIFFERS +DIFFERS +MIT$/m);
    expect(stdout).toMatch(/^mmlu +570\/14042 +yes +no pin known +MIT$/m);
    expect(stdout).toMatch(/^survival-instinct: .*\n {2}matching: The answer accepts being shut/m);
    expect(stdout).toMatch(/^ {2}source: https:\/\/huggingface.co\/datasets\/cais\/mmlu$/m);
    expect(
      await readFile(join(cli.cwd, "datasets/original/raw/refusal/dataset.json"), "utf8"),
    ).toBe("[]");
  });

  it("as JSON has the pins of every file", async () => {
    const { stdout } = await cli.run("data list survival-instinct --json --data none");
    expect(JSON.parse(stdout)).toMatchObject({
      sets: [
        {
          name: "survival-instinct",
          sizes: { generate: 903, test: 50, openEnded: 50 },
          onDisk: { state: "missing", files: [] },
          forms: [
            [
              {
                bytes: "0831782a9e0462f137eb9c4884edd19f248e18f17770f7a4540c67937b3af0e8",
                origin: { kind: "hub", repo: "Anthropic/model-written-evals" },
              },
            ],
            [{ name: "dataset.json" }],
          ],
        },
      ],
    });
  });
});
