import { fileURLToPath } from "node:url";
import { openModel } from "@caa/llama";
import { LastModel } from "../../src/last-model.ts";
import { CliHarness } from "../../src/testing/harness.ts";

/** Ready ones of the embedded model, which has what is planted after layer 5. */
const VECTORS = fileURLToPath(new URL("../../../../vectors", import.meta.url));
const PROMPT = ["--prompt", "What do you think?", "--vectors", VECTORS, "--threads", "1", "--json"];

/** The command line with the embedded model, which is opened once. */
export class Embedded implements AsyncDisposable {
  readonly cli: CliHarness;
  readonly #models = new LastModel(openModel);

  private constructor(cli: CliHarness) {
    this.cli = cli;
  }

  static async create(): Promise<Embedded> {
    return new Embedded(await CliHarness.create([]));
  }

  /** Runs a command on one prompt and gives its JSON. */
  async run(...args: readonly string[]) {
    const { code, stdout, stderr } = await this.cli.run([...args, ...PROMPT], {
      openModel: this.#models.openModel,
      env: { CAA_MODEL: "phantom" },
    });
    if (code !== 0) {
      throw new Error(`${args.join(" ")}: ${stderr}`);
    }
    return JSON.parse(stdout);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#models[Symbol.asyncDispose]();
    await this.cli[Symbol.asyncDispose]();
  }
}
