import { BESIDE, SPAN, TARGET } from "./plan.ts";
import type { DemoSubject } from "./subject.ts";

export interface CommandsOptions {
  readonly subject: DemoSubject;
  readonly out: string;
  readonly pairs: number;
  readonly layer: number;
  readonly question: string;
}

/** The steps of the demo as single commands, for the model that it ran on, or for one of the reader's own. */
export function stepsAsCommands({ subject, out, pairs, layer, question }: CommandsOptions): string {
  const [model, where] =
    subject.planted === null ? [quote(subject.name), String(layer)] : ["MODEL", "LAYER"];
  const [data, vectors, results, plots] = ["datasets", "vectors", "results", "plots"].map((name) =>
    quote(`${out}/${name}`),
  );
  const behaviors = `${TARGET} ${BESIDE}`;
  return `caa vectors generate --model ${model} --data ${data} --limit ${pairs} --out ${vectors}
caa vectors normalize --vectors ${vectors}
caa eval --type ab --model ${model} --data ${data} --vectors ${vectors} --raw --behaviors ${behaviors} --multipliers ${SPAN.from} 0 ${SPAN.to} --out ${results}
caa plot results --results ${results} --vectors raw --behaviors ${behaviors} --out ${plots}
caa generate --model ${model} --vectors ${vectors} --raw --prompt ${quote(question)} --steer ${TARGET}:${where}:${SPAN.to}`;
}

/** What stands above the commands. */
export function introduceCommands({ planted }: DemoSubject): string {
  return planted === null
    ? "The same, command by command"
    : "The same on a real model: MODEL is a folder, a GGUF file or a hub id, LAYER the one where the plot moves most; caa data download and caa data process get the published data sets";
}

/** A word of a shell, in quotes where it needs them. */
export function quote(word: string): string {
  return /^[A-Za-z0-9_./:@=+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
