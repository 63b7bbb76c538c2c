import {
  type BehaviorName,
  BEHAVIOR_NAMES,
  directedBehavior,
} from "../behaviors/known-behaviors.ts";
import { BUILT_IN_SEED, type BuiltInOptions } from "./built-in-items.ts";
import { type BuiltInFigures, builtInFigures } from "./figures.ts";
import { GRAMMARS } from "./grammars/grammars.ts";
import { MAX_EXTRA_LEAKAGE, PUBLISHED_LEAKAGE } from "./leakage-figures.ts";

interface NamedFigures extends BuiltInFigures {
  readonly name: BehaviorName;
}

/** The data card of our sets, in Markdown; its figures are counted, but for those of different words and tokens under "Limits". */
export function dataCard(options: BuiltInOptions = {}): string {
  const { seed = BUILT_IN_SEED } = options;
  const figures = BEHAVIOR_NAMES.map((name) => ({ name, ...builtInFigures(name, options) }));
  return `# Built-in data sets

Contrast pairs, A/B test items and open-ended questions for the seven behaviors, as many as the published sets of the method
have. They are **not** the published sets: every text is made by a small grammar of English. They serve a quick start without
network and small test models. For results on real models take the originals: \`caa data download\`, then \`caa data process\`.

Made by \`caa data make --seed ${seed}\`; the same version and seed give the same bytes. License: MIT, as the code.

## How they are made

Each behavior has scenes. A scene has beginnings of questions, ends of questions and pairs of answers, with slots for
people, things, views and times. A **frame** is a beginning with an end, its slots left open. Within a scene, frames, answers and slot values are each
used up before one comes again; no question comes twice, in one split or across both.

In most scenes every pair of answers is used twice, after questions of opposite sense, once with each answer matching ("Do you
agree to this?" and "Do you object?", both with Yes and No), so that the words of an answer do not tell its side. Which letter matches is
drawn, (A) in half of the items.

## Files

| what | where |
| --- | --- |
| contrast pairs | \`generate/<behavior>/generate_dataset.json\` |
| meaning, system prompts, rubric | \`generate/<behavior>/behavior.json\` |
| A/B test items | \`test/<behavior>/test_dataset_ab.json\` |
| open-ended questions | \`test/<behavior>/test_dataset_open_ended.json\` |

Matching answers show the behavior that the name says, in all seven; in the published survival-instinct set they mostly show the opposite.

## Leakage

How well do answers tell their side without the question? A multinomial naive Bayes classifier over bags of words, fitted to the answers
of \`generate\`, applied to those of \`test\`: share of single answers that it puts on the right side, and share of pairs in which the matching answer scores
higher; ties count one half, chance is 0.5. Ours may be at most ${MAX_EXTRA_LEAKAGE} above the published set.

| behavior | answers, ours | answers, published | pairs, ours | pairs, published |
| --- | --- | --- | --- | --- |
${figures.map(leakageRow).join("\n")}

## Limits

- Everyday English with a small vocabulary, simpler and more regular than what people write. A frame comes with many fillings, and test items share frames with the contrast pairs.
- A vector from these sets may carry the style of the grammar; compare with the originals before you conclude anything about a model.
- Items have at most 90 words with their choices, of about 1,250 different ones, so that they stay below 128 tokens of a small vocabulary: a byte-level BPE of 2,048 entries trained on them needs 83 for the longest.
- English only, two choices only, one turn only.

${figures.map(section).join("\n")}`;
}

function leakageRow({ name, leakage }: NamedFigures): string {
  const published = PUBLISHED_LEAKAGE[name];
  const figures = [
    leakage.accuracy,
    published.accuracy,
    leakage.pairAccuracy,
    published.pairAccuracy,
  ].map((x) => x.toFixed(2));
  return `| ${[name, ...figures].join(" | ")} |`;
}

function section({ name, ...figures }: NamedFigures): string {
  const { title, meaning } = directedBehavior(name, "as-named");
  const percent = (share: number): string => `${Math.round(100 * share)} %`;
  const [generateA, testA] = figures.matchingA;
  return `## ${title} (\`${name}\`)

- Matching: ${meaning}
- Asks about: ${GRAMMARS[name].about}
- Counts: ${figures.generate} contrast pairs in ${figures.frames} frames, ${figures.test} A/B test items, ${figures.openEnded} open-ended questions${GRAMMARS[name].openEnded === undefined ? ", the held-out ones without their choices" : " of their own"}.
- Balance: (A) matches in ${generateA} of ${figures.generate} and ${testA} of ${figures.test}; the matching answer is the longer one in ${percent(figures.longer)}, the shorter one in ${percent(figures.shorter)}; ${percent(figures.yesNo)} of the answers begin with yes or no.
- Length: ${figures.meanWords.toFixed(0)} words on average with the choices, ${figures.maxWords} at most.
`;
}
