import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hideSecrets, loadEnvironment, readVariable } from "./env.ts";

let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "caa-env-"));
});
afterEach(() => rm(dir, { recursive: true }));

describe("the environment", () => {
  it("adds .env of the folder; what is set outside wins, empty values do not count", async () => {
    await writeFile(join(dir, ".env"), "CAA_MODEL=from-file\nHF_TOKEN='t o'\nOPEN_AI_KEY=\n");
    const env = await loadEnvironment({ HF_TOKEN: "outside", CAA_MODEL: "" }, dir);
    expect(env).toEqual({ CAA_MODEL: "from-file", HF_TOKEN: "outside", OPEN_AI_KEY: "" });
    expect(readVariable(env, "OPEN_AI_KEY")).toBeUndefined();
  });

  it("needs no .env, and says when it cannot be read", async () => {
    expect(await loadEnvironment({ A: "b" }, dir)).toEqual({ A: "b" });
    await rm(dir, { recursive: true });
    await writeFile(dir, "");
    await expect(loadEnvironment({}, dir)).rejects.toMatchObject({ code: "io" });
    await rm(dir);
    dir = await mkdtemp(join(tmpdir(), "caa-env-"));
  });

  it("keeps secrets out of texts", () => {
    const env = { HF_TOKEN: "hf_abcdef", OPEN_AI_KEY: undefined };
    expect(hideSecrets("401 for hf_abcdef at x", env)).toBe("401 for <HF_TOKEN> at x");
  });
});
