import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { randomLlamaFolder } from "@caa/llama";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CliHarness } from "../testing/harness.ts";

let cli: CliHarness;
beforeEach(async () => {
  cli = await CliHarness.create(["kind"]);
});
afterEach(() => cli[Symbol.asyncDispose]());

const line = `finetune --model ${randomLlamaFolder()} --data data --behavior kind --threads 1`;

test("teaches a letter: table, model folder, what comes next", async () => {
  const { code, stdout, stderr } = await cli.run(`${line} --layer 1 --lr 0.5 --out taught`);
  expect(stderr).toMatch(
    /^model: taught\nnext: caa eval --type ab --model \S+ --data data --override-weights taught/m,
  );
  expect(code).toBe(0);
  expect(stdout).toMatch(/^before +[\d.]+ +[\d.]+ +[\d.]+ +\d+$/m);
  expect(stdout).toMatch(/^\d+ steps over \d+ items, loss/m);
  expect(existsSync(join(cli.cwd, "taught", "model.safetensors"))).toBe(true);

  const again = await cli.run(`${line} --layer 1 --out taught`);
  expect(again.code).toBe(2);
  expect(again.stderr).toMatch(/expected no model there yet, got one; --overwrite/);
  const replaced = await cli.run(`${line} --layer 1 --out taught --limit 2 --overwrite --json`);
  expect(JSON.parse(replaced.stdout)).toMatchObject({
    out: "taught",
    items: 2,
    data: { behavior: "kind", direction: "pos" },
    settings: { optimizer: "sgd", learningRate: 1e-4, epochs: 1, batchSize: 1 },
  });
});

test("the opposite answers are taught with --direction neg, under a name that says so", async () => {
  const { stdout } = await cli.run(`${line} --direction neg --lora 2 --limit 2 --json`);
  const { out, heldOut } = JSON.parse(stdout);
  expect(out).toMatch(/^finetuned\/grouped-heads_kind_neg_lora=2$/);
  expect(existsSync(join(cli.cwd, out, "adapter_config.json"))).toBe(true);
  const positive = JSON.parse((await cli.run(`${line} --lora 2 --limit 2 --json`)).stdout);
  expect(heldOut.before.share).toBeCloseTo(1 - positive.heldOut.before.share, 6);
});

test("stopped by Ctrl-C, keeps the last step and goes on", async () => {
  const controller = new AbortController();
  let clock = 0;
  const stopped = await cli.run(`${line} --layer 0 --out taught`, {
    signal: controller.signal,
    now: () => (clock += 60_000),
    stderr: { write: (text) => (text.startsWith("loss") ? controller.abort() : undefined) },
  });
  expect(stopped.code).toBe(130);
  expect(existsSync(join(cli.cwd, "taught"))).toBe(false);
  const { code, stderr } = await cli.run(`${line} --layer 0 --out taught`);
  expect(code).toBe(0);
  expect(stderr).toMatch(/^going on with the training that was stopped$/m);
});

test("what was trained on is not measured as held out, and that is said", async () => {
  const pairs = ["Is it 1?,yes,no", "Is it 2?,yes,no", "Is it 3?,yes,no", "Is it 4?,yes,no"];
  await writeFile(join(cli.cwd, "own.csv"), ["question,positive,negative", ...pairs].join("\n"));
  const own = line.replace("--behavior kind", "--behavior ./own.csv");
  const one = await cli.run(`${own} --layer 1 --limit 3 --json`);
  expect(one.code).toBe(0);
  expect(one.stderr).toMatch(/^note: 3 of 4 test items ask what a training item asks/m);
  const record = JSON.parse(one.stdout);
  expect(record.heldOut.after.n).toBe(1);
  expect(record.data["test items left out, as they were trained on"]).toBe(3);
  // What is passed on names the data, not where it lies on this disk.
  expect(record.data["data set"]).toBe("own.csv");
});

test("--system-position is recorded as part of the prompt style", async () => {
  const style = "--prompt-style llama2-chat --system-position inside";
  const { stdout } = await cli.run(`${line} ${style} --layer 1 --limit 1 --out inside --json`);
  expect(JSON.parse(stdout).model.promptStyle).toBe("llama2-chat-inside");
});

test("refuses what cannot be meant", async () => {
  await mkdir(join(cli.cwd, "mine"));
  await writeFile(join(cli.cwd, "mine", "notes.txt"), "");
  for (const [options, message] of [
    ["--layer 1 --lora 2", /expected one of them/],
    ["--lora 1000 --out x", /LoRA rank: expected at most \d+, the smaller side of/],
    ["--layer 9 --out x", /expected a layer from 0 to/],
    ["--layer 1 --out mine --overwrite", /mine: expected no such folder, or an empty one/],
    ["--base --prompt-style template", /expected no other --prompt-style/],
    ["--lr 0", /Expected a number above 0/],
  ] as const) {
    const { code, stderr } = await cli.run(`${line} ${options}`);
    expect({ options, code }).toEqual({ options, code: 2 });
    expect(stderr).toMatch(message);
  }
});
