import type { SteerableModel } from "@caa/core";

/** The same model, which its users cannot dispose of: its owner does. */
export function keepOpen(model: SteerableModel): SteerableModel {
  return {
    info: model.info,
    contrastActivations: (prompts, options) => model.contrastActivations(prompts, options),
    choiceProbabilities: (prompts, steerings, options) =>
      model.choiceProbabilities(prompts, steerings, options),
    generate: (requests, options) => model.generate(requests, options),
    explain: (prompt, steering) => model.explain(prompt, steering),
    dispose: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}
