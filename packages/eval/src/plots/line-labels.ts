import type { SweepSettings } from "../results/settings.ts";
import { SYSTEM_PROMPTS } from "./figures.ts";
import type { LineSeries } from "./lines.ts";
import { NEGATIVE_COLOR, POSITIVE_COLOR } from "./palette.ts";

/** What tells lines apart. */
export type LinesBy = "behavior" | "system prompt" | "weights";

/** What a line is of. */
export interface LineSource {
  readonly settings: SweepSettings;
  /** SHA-256 of the model that was run. */
  readonly modelHash: string;
}

const PLAIN_COLOR = "#555555";
const NO_SYSTEM_PROMPT = "no system prompt";
const AS_IT_IS = "as it is";

/** Names and looks of the lines, each name once, in the order in which they stand in a legend. */
export function labelLines<Line extends LineSource>(
  lines: readonly Line[],
  by: LinesBy,
): ReadonlyArray<Line & LineSeries> {
  if (by === "behavior") {
    return lines.map((line) => ({ ...line, name: line.settings.behavior }));
  }
  return by === "weights" ? labelWeights(lines) : labelSystemPrompts(lines);
}

const SYSTEM_ORDER: readonly string[] = [SYSTEM_PROMPTS.pos, NO_SYSTEM_PROMPT, SYSTEM_PROMPTS.neg];
const SYSTEM_COLORS = [POSITIVE_COLOR, PLAIN_COLOR, NEGATIVE_COLOR];

/** Prompts of one's own come last; several are numbered. */
function labelSystemPrompts<Line extends LineSource>(
  lines: readonly Line[],
): ReadonlyArray<Line & LineSeries> {
  const own = lines.filter(
    ({ settings }) => settings.system !== null && settings.systemPrompt === null,
  );
  const nameOf = (line: Line): string => {
    const { system, systemPrompt } = line.settings;
    if (system === null) {
      return NO_SYSTEM_PROMPT;
    }
    const name = SYSTEM_PROMPTS[systemPrompt ?? "own"];
    return systemPrompt === null && own.length > 1 ? `${name} ${own.indexOf(line) + 1}` : name;
  };
  return lines
    .map((line) => {
      const name = nameOf(line);
      const at = SYSTEM_ORDER.indexOf(name);
      const color = SYSTEM_COLORS[at];
      const rank = at === -1 ? SYSTEM_ORDER.length : at;
      return { rank, line: { ...line, name, ...(color === undefined ? {} : { color }) } };
    })
    .sort((a, b) => a.rank - b.rank)
    .map(({ line }) => line);
}

const DIRECTIONS = ["pos", "neg"];
const DIRECTION_LOOKS = [{ color: POSITIVE_COLOR }, { color: NEGATIVE_COLOR, dash: [2, 2] }];

/** The model as it is, then what was taught to show the behavior, as far as names tell, then the opposite, then others. */
function labelWeights<Line extends LineSource>(
  lines: readonly Line[],
): ReadonlyArray<Line & LineSeries> {
  const names = weightsNames(lines);
  const tuned = lines.filter(({ settings }) => settings.overrideWeights !== null);
  const taught = tuned.map(directionOf);
  const told = !taught.includes(-1) && new Set(taught).size === taught.length;
  return lines
    .map((line, i) => {
      const name = names[i] ?? "";
      if (line.settings.overrideWeights === null) {
        return { rank: -1, line: { ...line, name, color: PLAIN_COLOR, dash: [6, 4] } };
      }
      const at = directionOf(line);
      const rank = at === -1 ? DIRECTIONS.length : at;
      return { rank, line: { ...line, name, ...(told ? DIRECTION_LOOKS[at] : {}) } };
    })
    .sort((a, b) => a.rank - b.rank || (a.line.name < b.line.name ? -1 : 1))
    .map(({ line }) => line);
}

/** Which of the directions a name has, such as that of `caa finetune --direction pos`; -1 for none. */
function directionOf({ settings }: LineSource): number {
  const words = (settings.overrideWeights ?? "").split(/[^A-Za-z]+/);
  return DIRECTIONS.findIndex((direction) => words.includes(direction));
}

/** As short as keeps them apart: without model and behavior, which the title has; in full; with the model's hash. */
function weightsNames(lines: readonly LineSource[]): readonly string[] {
  const name = ({ settings }: LineSource, short: boolean): string => {
    const { model, behavior, overrideWeights } = settings;
    if (overrideWeights === null) {
      return AS_IT_IS;
    }
    const start = `${model.replaceAll("/", "--")}_${behavior}_`;
    return `fine-tuned: ${short && overrideWeights.startsWith(start) ? overrideWeights.slice(start.length) : overrideWeights}`;
  };
  const choices = [true, false].map((short) => lines.map((line) => name(line, short)));
  return (
    choices.find((names) => new Set(names).size === names.length) ??
    lines.map((line) => `${name(line, false)} (${line.modelHash.slice(0, 12)})`)
  );
}
