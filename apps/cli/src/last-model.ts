import type { SteerableModel } from "@caa/core";
import { keepOpen } from "./demo/keep-open.ts";
import type { OpenModel } from "./dependencies.ts";

/** Opens models for one command after the other: the one that was opened last stays open until another is asked for. */
export class LastModel implements AsyncDisposable {
  readonly #open: OpenModel;
  #last: { readonly key: string; readonly model: SteerableModel } | null = null;

  constructor(open: OpenModel) {
    this.#open = open;
  }

  /** In the place of the function that it was made with. */
  readonly openModel: OpenModel = async (name, options) => {
    const { device, dtype, promptStyle, systemPosition, threads } = options;
    const key = JSON.stringify([name, device, dtype, promptStyle, systemPosition, threads]);
    if (this.#last?.key !== key) {
      await this[Symbol.asyncDispose](); // two at once may not fit
      this.#last = { key, model: await this.#open(name, options) };
    }
    return keepOpen(this.#last.model);
  };

  async [Symbol.asyncDispose](): Promise<void> {
    const last = this.#last;
    this.#last = null;
    await last?.model.dispose();
  }
}
