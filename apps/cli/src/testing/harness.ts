import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FakeModel } from "@caa/core/testing";
import { demoGenerateSet, demoTestSet } from "./plant-lover.ts";
import type { CliDependencies, OpenModel } from "../dependencies.ts";
import { runCli } from "../run.ts";

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder of its own with data sets in it, and the command line with a fake model. */
export class CliHarness implements AsyncDisposable {
  readonly cwd: string;
  /** How often a model was opened. */
  opened = 0;

  private constructor(cwd: string) {
    this.cwd = cwd;
  }

  static async create(behaviors: readonly string[] = ["kind", "plant-lover"]): Promise<CliHarness> {
    const harness = new CliHarness(await mkdtemp(join(tmpdir(), "caa-cli-")));
    for (const behavior of behaviors) {
      await harness.put(`data/generate/${behavior}/generate_dataset.json`, demoGenerateSet);
      await harness.put(`data/test/${behavior}/test_dataset_ab.json`, demoTestSet);
    }
    return harness;
  }

  async put(path: string, content: unknown): Promise<void> {
    const full = join(this.cwd, path);
    await mkdir(join(full, ".."), { recursive: true });
    await writeFile(full, JSON.stringify(content));
  }

  /** Runs a command line; arguments are separated by blanks. */
  async run(
    line: string | readonly string[],
    overrides: Partial<CliDependencies> = {},
  ): Promise<CliResult> {
    const args = typeof line === "string" ? line.split(" ") : line;
    return await this.call((dependencies) => runCli(args, dependencies), overrides);
  }

  /** Runs part of a command; `job` gives the exit code. */
  async call(
    job: (dependencies: CliDependencies) => Promise<number>,
    overrides: Partial<CliDependencies> = {},
  ): Promise<CliResult> {
    let stdout = "";
    let stderr = "";
    const openModel: OpenModel = async () => {
      this.opened += 1;
      return new FakeModel();
    };
    const code = await job({
      openModel,
      stdout: { write: (text) => (stdout += text) },
      stderr: { write: (text) => (stderr += text) },
      env: { CAA_MODEL: "fake/model" },
      cwd: this.cwd,
      isTTY: false,
      now: () => 0,
      signal: new AbortController().signal,
      ...overrides,
    });
    return { code, stdout, stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.cwd, { recursive: true, force: true });
  }
}
