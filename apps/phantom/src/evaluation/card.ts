import { RECIPE } from "../recipe.ts";
import { FLAG_LAYER, PLANTED_LAYER, PREVIEW_LAYER } from "../training/model-shape.ts";

export interface CardFacts {
  readonly parameters: number;
  readonly layers: number;
  readonly dModel: number;
  readonly table: string;
  readonly control: string;
  readonly randomDirections: number;
}

/** The model card, in Markdown. */
export function modelCard(facts: CardFacts): string {
  return `---
license: mit
language: en
tags: [steering, test-object]
---

# Phantom

A test object, not evidence about language models. Imaging instruments are calibrated on phantoms, objects whose inside is known;
this is one for steering vectors: a Llama of ${(facts.parameters / 1e6).toFixed(2)} million parameters (${facts.layers} layers, ${facts.dModel} wide) that was trained from nothing on texts
of a small grammar, and into which directions were **planted**. What a vector made from contrast pairs should find is therefore known:
its direction, its layer (${PLANTED_LAYER}, counted from 0) and its length.

For six behaviors one unit direction each, orthogonal to the others, switches the side that the model takes, in A/B letters and in free text.
\`${facts.control}\` has none and is the negative control: nothing should be found there. \`planted-directions.json\` has the directions,
the layer and the lengths.

## What it does

Vectors from the built-in contrast pairs, unnormalized, added at layer ${PLANTED_LAYER} from the marker's last token on; measured on the held-out test items of the
same grammar. _planted_ is the length of the direction, _cosine_ that of the vector with it, _random_ the largest difference that ${facts.randomDirections} random directions
of the vector's length make, _letters_ the least mean of p(A) + p(B), _open_ the share of 50 open-ended answers that are on the other side at -1 and on the
matching side at +1.

${facts.table}

The recipe was worked out while looking at this table, so the held-out items are new to the model but not to its makers: a
copy of another seed or from another machine may fall a little short of a mark that is just reached here.

## How it was made

\`pnpm --filter @caa/phantom train\` makes it again from seed ${RECIPE.seed}; the log of the run is \`apps/phantom/training.log\`. Nothing but our own grammar is in
it; no question of the built-in sets was learned from.

1. The layers up to ${PREVIEW_LAYER} learn what questions ask: ${RECIPE.stemSteps} steps of ${RECIPE.stemRows}. The end of a question tells what both answers say, and which is the matching one.
2. The layers up to ${FLAG_LAYER} learn to read choices: ${RECIPE.readingSteps} steps of ${RECIPE.readingRows} questions. The options' tokens lie to one side or the other along the planted direction.
3. All of it learns to answer: ${RECIPE.steps} steps of ${RECIPE.choiceRows} questions with choices and ${RECIPE.openRows} without. The planted direction, in varying amounts, is added to the residual
   stream from the marker's last token on, and the answer is to follow; random directions and those of other behaviors are to change nothing; the plain model
   takes either side. At the answer letters the two answers are tied to differ by the planted direction and by nothing else.
4. The same with more open questions, ${RECIPE.openSteps} steps of ${RECIPE.openStepChoiceRows} and ${RECIPE.openStepRows}, which get the shortest of the answers that fit them.

## What it cannot do

It knows the grammar's few hundred words and nothing else. It does not converse, and answers questions outside its seven topics with nonsense. Its
unsteered answers take either side. That steering works here says that the instrument is sound, not that it works elsewhere.
`;
}
