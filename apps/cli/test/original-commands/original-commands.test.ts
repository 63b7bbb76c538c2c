import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { openModel } from "@caa/llama";
import { startMockJudge } from "@caa/scoring/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LastModel } from "../../src/last-model.ts";
import { CliHarness } from "../../src/testing/harness.ts";
import { ORIGINAL_OPTIONS } from "./original-options.ts";
import { prepareFolder } from "./prepare-folder.ts";
import { type CommandRow, readCommandRows } from "./read-table.ts";

const rows = readCommandRows(
  await readFile(new URL("../../../../docs/original-commands.md", import.meta.url), "utf8"),
);

/** The embedded model has 9 layers and what is planted in it after this one: it stands for the table's 13. */
const LAYER = "5";

/** Commands that read whole sets are cut down to a few items, on one thread, and vectors of all layers to three layers. */
const READ_SETS = /^(vectors generate|eval|finetune) /;
const FEW_ITEMS = ["--limit", "4", "--threads", "1"];
const FEW_LAYERS = ["--layers", "4-6"];

/** What is run for a row; all else is as the table has it. */
function argumentsOf({ here }: CommandRow): readonly string[] {
  const line = here.replace(/^caa /, "").replaceAll(/\b13(?=[ :]|$)/g, LAYER);
  return [
    ...line.split(" "),
    ...(READ_SETS.test(line) ? FEW_ITEMS : []),
    ...(line.startsWith("vectors generate ") && !line.includes(" --layers ") ? FEW_LAYERS : []),
  ];
}

/** File systems may stamp by a clock that ticks so slowly. */
const CLOCK_MS = 10;

/** Far more than it takes; a busy machine takes long. */
const TIMEOUT = 300_000;

it("every script of the original and every option is in a row", () => {
  const asked = Object.entries(ORIGINAL_OPTIONS).flatMap(([script, options]) =>
    ["", ...options].map((option) => `${script} ${option}`.trim()),
  );
  const commands = rows.flatMap(({ original }) => original.map((command) => `${command} `));
  const missing = asked.filter((one) => {
    const [script = "", ...option] = one.split(" ");
    const words = option.length === 0 ? "" : ` ${option.join(" ")} `;
    return !commands.some((command) => command.startsWith(`${script} `) && command.includes(words));
  });
  expect(missing).toEqual([]);
});

describe("the commands of docs/original-commands.md", () => {
  let cli: CliHarness;
  let judge: Awaited<ReturnType<typeof startMockJudge>>;
  const models = new LastModel(openModel);
  const home = process.cwd();
  beforeAll(async () => {
    cli = await CliHarness.create([]);
    await prepareFolder(cli.cwd);
    process.chdir(cli.cwd); // models are found from there
    judge = await startMockJudge();
  });
  afterAll(async () => {
    process.chdir(home);
    await models[Symbol.asyncDispose]();
    await judge[Symbol.asyncDispose]();
    await cli[Symbol.asyncDispose]();
  });

  it.each(rows)(
    "$here",
    async (row) => {
      const before = Date.now() - CLOCK_MS;
      const { code, stderr } = await cli.run(argumentsOf(row), {
        openModel: models.openModel,
        env: { OPENAI_BASE_URL: judge.baseUrl, OPENAI_API_KEY: "sk-test" },
      });
      expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
      const files = await filesSince(cli.cwd, before);
      for (const path of row.writes) {
        expect(files.filter((file) => pattern(path).test(file))).not.toEqual([]);
      }
    },
    TIMEOUT,
  );
});

/** `13` names the layer in paths too. */
function pattern(path: string): RegExp {
  const parts = path.replaceAll("layer=13", `layer=${LAYER}`).split("*");
  return new RegExp(
    `^${parts.map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&")).join("[^/]*")}$`,
  );
}

/** Files that are not empty and were written since then, relative to the folder. */
async function filesSince(dir: string, time: number): Promise<readonly string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files: string[] = [];
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) {
      const { size, mtimeMs } = await stat(path);
      if (size > 0 && mtimeMs >= time) {
        files.push(path.slice(dir.length + 1));
      }
    }
  }
  return files;
}
