import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { directedBehavior } from "../behaviors/known-behaviors.ts";
import { readAbTestSet, readGenerateSet, readOpenEndedSet } from "../read/read-set.ts";
import { processData } from "./process-data.ts";
import { exchanged, type MadeItem, madeChoices, toJsonl } from "./testing/made-items.ts";

let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "caa-process-"));
});
afterEach(() => rm(dir, { recursive: true }));

async function put(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(dir, path)), { recursive: true });
  await writeFile(join(dir, path), content);
}
const putMyopic = (items: readonly MadeItem[]): Promise<void> =>
  put("raw/myopic-reward/myopic-reward.jsonl", toJsonl(items));

/** Every file below a folder with its content, but for the manifest. */
async function contents(folder: string): Promise<ReadonlyMap<string, string>> {
  const root = join(dir, folder);
  const paths = (await readdir(root, { recursive: true })).filter((path) =>
    /(?<!manifest)\.jsonl?$/.test(path),
  );
  const texts = paths.sort().map(async (path) => {
    return [path, await readFile(join(root, path), "utf8")] as const;
  });
  return new Map(await Promise.all(texts));
}

const opinion = (i: number, label: string): MadeItem => ({
  question: `I am person ${i} and I agree that it rains in town ${i}. Does it?${label}\n (A) Agree\n (B) Disagree\n\nAnswer:`,
  answer_matching_behavior: " (A)",
  answer_not_matching_behavior: " (B)",
});

describe("processData", () => {
  it("makes files that the readers take, with a manifest", async () => {
    await putMyopic(madeChoices(120));
    const { sets, missing } = await processData(dir, { seed: 4 });
    const generate = await readGenerateSet(
      join(dir, "generate/myopic-reward/generate_dataset.json"),
    );
    const test = await readAbTestSet(join(dir, "test/myopic-reward/test_dataset_ab.json"));
    const open = await readOpenEndedSet(
      join(dir, "test/myopic-reward/test_dataset_open_ended.json"),
    );
    expect([generate.items.length, test.items.length]).toEqual([70, 50]);
    expect(open.items.map(({ question }) => question)).toEqual(
      test.items.map(({ question }) => question.split("\n")[0]),
    );
    const behavior = JSON.parse(
      await readFile(join(dir, "generate/myopic-reward/behavior.json"), "utf8"),
    );
    expect(behavior).toEqual(directedBehavior("myopic-reward", "as-named"));

    const manifest = JSON.parse(await readFile(join(dir, "manifest.json"), "utf8"));
    expect(manifest.sets["myopic-reward"]).toMatchObject({
      seed: 4,
      direction: "as-named",
      flipped: false,
      unusable: 0,
      sources: [{ file: "raw/myopic-reward/myopic-reward.jsonl", items: 120, match: "differs" }],
      files: [
        { items: 70, sha256: generate.hash },
        { items: 50, sha256: test.hash },
        { items: 50 },
      ],
    });
    expect(missing).toContain("refusal");
    expect(sets[0]?.sizes.map(({ holds }) => holds)).toEqual([false, true, true]);
    expect(sets[0]?.probe).toMatchObject({ told: 120, asNamed: 120 });
    expect(sets[0]?.notes).toEqual([
      expect.stringMatching(
        /^raw\/myopic-reward\/myopic-reward\.jsonl is not the published file: expected/,
      ),
    ]);
  });

  it("makes the same bytes from the same seed, alone or beside other sets, JSON or JSONL", async () => {
    await putMyopic(madeChoices(120));
    await processData(dir, { out: join(dir, "one"), seed: 4 });
    const one = await contents("one");
    await put("raw/refusal/dataset.json", JSON.stringify(madeChoices(60)));
    await processData(dir, { out: join(dir, "two"), seed: 4 });
    await put("raw/myopic-reward/myopic-reward.jsonl", JSON.stringify(madeChoices(120), null, 1));
    await processData(dir, { out: join(dir, "three"), seed: 4, names: ["myopic-reward"] });
    const two = await contents("two");
    expect([...two]).toEqual(expect.arrayContaining([...one]));
    expect(await contents("three")).toEqual(one);
    await processData(dir, { out: join(dir, "other"), seed: 5, names: ["myopic-reward"] });
    const ab = "test/myopic-reward/test_dataset_ab.json";
    expect((await contents("other")).get(ab)).not.toBe(one.get(ab));
  });

  it("leaves what is the same, and refuses to replace what is not", async () => {
    await putMyopic(madeChoices(120));
    expect((await processData(dir)).sets[0]?.written).toBe(true);
    const before = await contents(".");
    expect((await processData(dir)).sets[0]?.written).toBe(false);
    await expect(processData(dir, { seed: 1 })).rejects.toMatchObject({
      code: "invalid-argument",
      message: expect.stringContaining("--overwrite replaces it"),
    });
    expect(await contents(".")).toEqual(before);
    const again = await processData(dir, { seed: 1, overwrite: true });
    expect(again.sets[0]).toMatchObject({ written: true, entry: { seed: 1 } });
  });

  it("keeps what the manifest says of other sets", async () => {
    await putMyopic(madeChoices(120));
    await processData(dir, { seed: 3 });
    await put("raw/refusal/dataset.json", JSON.stringify(madeChoices(60)));
    await processData(dir, { seed: 9, names: ["refusal"] });
    const { sets } = JSON.parse(await readFile(join(dir, "manifest.json"), "utf8"));
    expect(Object.keys(sets)).toEqual(["myopic-reward", "refusal"]);
    expect([sets["myopic-reward"].seed, sets.refusal.seed]).toEqual([3, 9]);
    await put("manifest.json", '{"formatVersion": 2}');
    await expect(processData(dir)).rejects.toThrow(/manifest\.json: field formatVersion/);
    await put("manifest.json", "{");
    await expect(processData(dir)).rejects.toThrow(/manifest\.json: expected JSON/);
  });

  it("flips answers, direction, prompts and rubric together, and nothing else", async () => {
    await putMyopic(madeChoices(120));
    await processData(dir, { out: join(dir, "plain") });
    const { sets } = await processData(dir, { out: join(dir, "flipped"), flip: ["myopic-reward"] });
    expect(sets[0]?.entry).toMatchObject({ direction: "opposite", flipped: true });
    const read = (folder: string) =>
      readGenerateSet(join(dir, folder, "generate/myopic-reward/generate_dataset.json"));
    const [plain, flipped] = [await read("plain"), await read("flipped")];
    expect(flipped.items.map(({ question }) => question)).toEqual(
      plain.items.map(({ question }) => question),
    );
    expect(flipped.items.map(({ matchingLetter }) => matchingLetter)).toEqual(
      plain.items.map(({ notMatchingLetter }) => notMatchingLetter),
    );
    const behavior = await readFile(
      join(dir, "flipped/generate/myopic-reward/behavior.json"),
      "utf8",
    );
    expect(JSON.parse(behavior)).toEqual(directedBehavior("myopic-reward", "opposite"));
  });

  it("refuses a set whose texts contradict its direction, and takes it when declared", async () => {
    await putMyopic(exchanged(madeChoices(120)));
    await expect(processData(dir)).rejects.toMatchObject({
      code: "invalid-data",
      message: expect.stringMatching(
        /as declared \(as-named\), got 120 of 120 .* --direction myopic-reward=opposite.*--flip myopic-reward/,
      ),
    });
    expect(await contents(".")).toHaveProperty("size", 1); // the raw file alone
    const directions = new Map([["myopic-reward", "opposite"]] as const);
    const declared = await processData(dir, { directions, out: join(dir, "declared") });
    expect(declared.sets[0]?.entry.direction).toBe("opposite");
    const turned = await processData(dir, {
      directions,
      flip: ["myopic-reward"],
      out: join(dir, "turned"),
    });
    expect(turned.sets[0]?.entry).toMatchObject({ direction: "as-named", flipped: true });
    await putMyopic(madeChoices(120));
    await processData(dir, { out: join(dir, "plain") });
    const ab = "test/myopic-reward/test_dataset_ab.json";
    expect((await contents("turned")).get(ab)).toBe((await contents("plain")).get(ab));
  });

  it("says which items cannot be used, and goes on", async () => {
    const bad = { ...madeChoices(1)[0], answer_matching_behavior: " (C)" };
    await putMyopic([...madeChoices(60), bad] as MadeItem[]);
    const { sets } = await processData(dir);
    expect(sets[0]).toMatchObject({
      entry: { unusable: 1 },
      unusable: [{ item: 61, line: 61, field: "answer_matching_behavior" }],
    });
  });

  it("names the command that gets what is missing", async () => {
    await expect(processData(dir)).rejects.toThrow(
      /raw\/<name>, got none\. Get them: caa data download$/,
    );
    await expect(processData(dir, { names: ["refusal"] })).rejects.toMatchObject({
      code: "not-found",
      message: expect.stringMatching(/refusal\.jsonl or dataset\.json.*caa data download refusal/),
    });
    await expect(processData(dir, { names: ["mmlu"] })).rejects.toThrow(/caa data download mmlu/);
    await putMyopic(madeChoices(120));
    await expect(processData(dir, { flip: ["refusal"] })).rejects.toThrow(
      /^refusal: expected a set that is processed/,
    );
  });

  it("makes the others when a set is broken, with the bytes that they have anyway, and says which is", async () => {
    await putMyopic(madeChoices(120));
    await put("raw/refusal/dataset.json", JSON.stringify(madeChoices(60)));
    await processData(dir, { out: join(dir, "whole") });
    await putMyopic(exchanged(madeChoices(120)));
    const { sets, failed } = await processData(dir, { out: join(dir, "rest") });
    expect(sets.map(({ name }) => name)).toEqual(["refusal"]);
    expect(failed).toMatchObject([{ name: "myopic-reward", error: { code: "invalid-data" } }]);
    const whole = [...(await contents("whole"))].filter(([path]) => path.includes("refusal"));
    expect([...(await contents("rest"))]).toEqual(whole);
    await rm(join(dir, "rest"), { recursive: true });
    await put("raw/refusal/dataset.json", "{");
    const job = processData(dir, { out: join(dir, "rest") });
    await expect(job).rejects.toMatchObject({ message: expect.stringMatching(/myopic-reward/) });
  });

  it("stops between sets", async () => {
    await putMyopic(madeChoices(120));
    await put("raw/refusal/dataset.json", JSON.stringify(madeChoices(60)));
    const controller = new AbortController();
    const job = processData(dir, {
      signal: controller.signal,
      onProgress: ({ done }) => {
        if (done === 1) {
          controller.abort();
        }
      },
    });
    await expect(job).rejects.toMatchObject({ code: "aborted" });
    const { sets } = JSON.parse(await readFile(join(dir, "manifest.json"), "utf8"));
    expect(Object.keys(sets)).toEqual(["myopic-reward"]);
  });
});

describe("sycophancy", () => {
  const nlp = Array.from({ length: 700 }, (_, i) => opinion(i, "\n\nChoices:"));
  const politics = Array.from({ length: 720 }, (_, i) => opinion(1000 + i, ""));

  it("is the same from its two files as from the mixed one, with halves as they come", async () => {
    await put("raw/sycophancy/sycophancy_on_nlp_survey.jsonl", toJsonl(nlp));
    await put("raw/sycophancy/sycophancy_on_political_typology_quiz.jsonl", toJsonl(politics));
    const two = await processData(dir, { out: join(dir, "two") });
    expect(two.sets[0]?.entry.sources.map(({ items }) => items)).toEqual([700, 720]);
    await rm(join(dir, "raw/sycophancy"), { recursive: true });
    await put("raw/sycophancy/dataset.json.gz", gzipSync(JSON.stringify([...nlp, ...politics])));
    await processData(dir, { out: join(dir, "mixed") });
    expect(await contents("mixed")).toEqual(await contents("two"));
    const { items } = await readGenerateSet(
      join(dir, "two/generate/sycophancy/generate_dataset.json"),
    );
    expect(items).toHaveLength(1000);
    const half = items.filter(({ question }) => question.includes("Choices:")).length;
    expect(half).toBeGreaterThan(430);
    expect(half).toBeLessThan(560);
  });

  it("does not take one of its two files for all", async () => {
    await put("raw/sycophancy/sycophancy_on_nlp_survey.jsonl", toJsonl(nlp));
    await expect(processData(dir, { names: ["sycophancy"] })).rejects.toThrow(
      /got .*nlp_survey\.jsonl alone.*caa data download sycophancy/,
    );
    await putMyopic(madeChoices(60));
    const { sets, missing } = await processData(dir);
    expect(sets.map(({ name }) => name)).toEqual(["myopic-reward"]);
    expect(missing).toContain("sycophancy");
  });

  it("takes the published open-ended questions, or ours where there are none", async () => {
    await put("raw/sycophancy/dataset.json", JSON.stringify(nlp));
    const open = "test/sycophancy/test_dataset_open_ended.json";
    const ours = await processData(dir, { out: join(dir, "ours") });
    expect(ours.sets[0]?.notes.at(-1)).toMatch(/ours stand for them; caa data download sycophancy/);
    const questions = (await readOpenEndedSet(join(dir, "ours", open))).items;
    expect(questions.length).toBeGreaterThanOrEqual(50);
    expect(new Set(questions.map(({ question }) => question)).size).toBe(questions.length);
    const published = [{ question: "Is my poem good?" }, { question: "Was I right?" }];
    await put("raw/sycophancy/test_dataset_open_ended.json", JSON.stringify(published));
    const { sets } = await processData(dir, { out: join(dir, "theirs") });
    expect((await readOpenEndedSet(join(dir, "theirs", open))).items).toEqual(published);
    expect(sets[0]?.entry.sources.map(({ items }) => items)).toEqual([700, 2]);
    expect(sets[0]?.notes.join()).not.toContain("ours");
  });
});
