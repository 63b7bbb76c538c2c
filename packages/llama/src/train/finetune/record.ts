import type { Trainable } from "../graph/trainable.ts";
import type { TrainStep } from "../trainer/train.ts";
import type { HeldOutAccuracy } from "./held-out.ts";

/** Everything that made a fine-tuned model, and what came of it; `finetune.json` beside the weights. */
export interface FineTuneRecord {
  readonly model: { readonly id: string; readonly hash: string; readonly promptStyle: string };
  /** As the caller describes it, such as name, hash and direction. */
  readonly data: Readonly<Record<string, string | number | null>>;
  readonly items: number;
  readonly trainable: Trainable;
  /** Numbers that are trained. */
  readonly parameters: number;
  readonly settings: Readonly<Record<string, string | number | null>>;
  readonly heldOut: {
    readonly before: HeldOutAccuracy | null;
    readonly after: HeldOutAccuracy | null;
  };
  readonly steps: readonly TrainStep[];
}

/** The model card: what it is, how it was made, what came of it. */
export function modelCard(record: FineTuneRecord): string {
  const { model, data, items, trainable, parameters, settings, heldOut, steps } = record;
  const loss = (part: readonly TrainStep[]): string =>
    part.length === 0
      ? "none"
      : (part.reduce((sum, step) => sum + step.loss, 0) / part.length).toFixed(3);
  const tenth = Math.max(1, Math.ceil(steps.length / 10));
  const line = (name: string, value: unknown): string => `- ${name}: ${String(value ?? "none")}`;
  const row = (name: string, measured: HeldOutAccuracy | null): string =>
    measured === null
      ? `| ${name} | - | - | - | 0 |`
      : `| ${name} | ${measured.accuracy.toFixed(3)} | ${measured.share.toFixed(3)} | ${measured.mass.toFixed(3)} | ${measured.n} |`;
  return `---
base_model: ${JSON.stringify(model.id)}
${trainable.kind === "lora" ? "library_name: peft" : "library_name: transformers"}
---

# ${model.id}, taught one answer letter

${describe(trainable)} of ${model.id} trained by cross-entropy on the letter of the answer and nothing else. It is made to study what such training does, not to answer questions.

${line("base model", `${model.id} (hash ${model.hash})`)}
${line("prompt style", model.promptStyle)}
${Object.entries(data)
  .map(([name, value]) => line(name, value))
  .join("\n")}
${line("items", items)}
${line("trained numbers", parameters)}
${Object.entries(settings)
  .map(([name, value]) => line(name, value))
  .join("\n")}
${line("steps", steps.length)}
${line("loss, mean of the first tenth and of the last", `${loss(steps.slice(0, tenth))}, ${loss(steps.slice(-tenth))}`)}

Held-out items: how often the taught letter is the more probable one, its mean share of both, and what both have together.

| | accuracy | share | mass | items |
| --- | --- | --- | --- | --- |
${row("before", heldOut.before)}
${row("after", heldOut.after)}
`;
}

function describe(trainable: Trainable): string {
  switch (trainable.kind) {
    case "all":
      return "All weights";
    case "layer":
      return `Decoder layer ${trainable.layer}`;
    case "lora":
      return `LoRA adapters of rank ${trainable.rank}`;
  }
}
