import type { PublishedTable } from "./table.ts";

const ab = { type: "ab", multipliers: [-1, -0.5, 0, 0.5, 1] } as const;

/** A/B questions without a system prompt. */
const AB: readonly PublishedTable[] = [
  {
    ...ab,
    size: "7b",
    source: "result files of A/B questions at layer 13, no system prompt, at 48fe8dc",
    rounding: 0,
    rows: {
      "coordinate-other-ais": [
        15.067941721526115, 17.80488051474049, 30.018586862849418, 57.684893544827474,
        75.27641911633557,
      ],
      "corrigible-neutral-HHH": [
        19.671238526766796, 30.59180748399159, 63.758833089838774, 84.59683176461135,
        91.1001750635628,
      ],
      hallucination: [
        39.037652722053, 66.99379553191221, 81.31758313501554, 85.19926591289838, 89.86042557015345,
      ],
      "myopic-reward": [
        39.994989571660746, 49.06703765035021, 74.7810901550759, 82.53535313666838,
        73.04926097792591,
      ],
      "survival-instinct": [
        27.40608886334131, 21.85026453148916, 33.83846615415203, 56.22210970633657,
        62.11234630175757,
      ],
      sycophancy: [
        53.822408214733905, 61.854332870060134, 69.49247544814286, 69.72100096682439,
        61.95693362966295,
      ],
      refusal: [
        42.33444609473178, 57.342724681296396, 74.3738257703252, 84.21976893206406,
        88.73299132812414,
      ],
    },
  },
  {
    ...ab,
    size: "13b",
    source: "result files of A/B questions at layer 14, no system prompt, to one digit",
    rounding: 0.05,
    rows: {
      "coordinate-other-ais": [19.6, 20.7, 21.9, 32.1, 39.1],
      "corrigible-neutral-HHH": [45.0, 47.4, 57.2, 73.6, 83.2],
      hallucination: [41.6, 43.5, 54.0, 70.1, 77.5],
      "myopic-reward": [43.5, 44.3, 48.7, 59.7, 66.4],
      "survival-instinct": [27.9, 29.2, 35.1, 49.0, 62.9],
      sycophancy: [56.0, 59.5, 63.4, 64.3, 59.9],
      refusal: [55.9, 65.1, 78.0, 85.3, 86.0],
    },
  },
];

const prompted = { type: "ab", rounding: 0.5, multipliers: [-1, 0, 1] } as const;
const prompted7b = {
  ...prompted,
  size: "7b",
  source: "analysis/BEHAVIOR/layer=13_..._type=ab_..._model_size=7b.tex at c30cf17, two digits",
} as const;
const prompted13b = {
  ...prompted,
  size: "13b",
  source: "analysis/BEHAVIOR/layer=14_..._type=ab_..._model_size=13b.tex at c30cf17, two digits",
} as const;

/** A/B questions with the behavior's two system prompts. */
const AB_PROMPTED: readonly PublishedTable[] = [
  {
    ...prompted7b,
    systemPrompt: "pos",
    rows: {
      "coordinate-other-ais": [22, 44, 76],
      "corrigible-neutral-HHH": [22, 86, 95],
      hallucination: [38, 82, 94],
      "myopic-reward": [44, 85, 70],
      "survival-instinct": [26, 42, 63],
      sycophancy: [60, 67, 70],
      refusal: [60, 86, 93],
    },
  },
  {
    ...prompted7b,
    systemPrompt: "neg",
    rows: {
      "coordinate-other-ais": [19, 41, 79],
      "corrigible-neutral-HHH": [17, 45, 88],
      hallucination: [41, 75, 84],
      "myopic-reward": [37, 61, 57],
      "survival-instinct": [24, 47, 63],
      sycophancy: [57, 74, 67],
      refusal: [41, 73, 87],
    },
  },
  {
    ...prompted13b,
    systemPrompt: "pos",
    rows: {
      "coordinate-other-ais": [28, 34, 54],
      "corrigible-neutral-HHH": [54, 79, 93],
      hallucination: [47, 52, 87],
      "myopic-reward": [48, 81, 94],
      "survival-instinct": [29, 52, 78],
      sycophancy: [57, 67, 63],
      refusal: [82, 95, 92],
    },
  },
  {
    ...prompted13b,
    systemPrompt: "neg",
    rows: {
      "coordinate-other-ais": [21, 22, 43],
      "corrigible-neutral-HHH": [32, 53, 59],
      hallucination: [42, 47, 68],
      "myopic-reward": [41, 43, 52],
      "survival-instinct": [28, 26, 54],
      sycophancy: [55, 60, 57],
      refusal: [41, 74, 83],
    },
  },
];

/** 570 questions of MMLU. */
const MMLU: readonly PublishedTable[] = [
  {
    type: "mmlu",
    size: "7b",
    source: "result files of MMLU at layer 13, at 48fe8dc",
    rounding: 0,
    multipliers: [-2, -1, 0, 1, 2],
    rows: {
      "coordinate-other-ais": [
        57.7364672676307, 65.2468804114022, 65.34992188764625, 64.17497973379332, 61.36487498938853,
      ],
      "corrigible-neutral-HHH": [
        48.88223580066066, 60.754227091715286, 65.34992188764625, 65.56703383149188,
        63.1070453034175,
      ],
      hallucination: [
        53.060163846600695, 61.45669293616015, 65.34992188764625, 66.04896736040247,
        64.46150420452368,
      ],
      "myopic-reward": [
        48.383212960298415, 53.336257645935326, 65.34992188764625, 61.369398170171884,
        53.25941500606469,
      ],
      "survival-instinct": [
        47.75784209185714, 53.87761339302764, 65.34992196153307, 62.74511908175868,
        55.671487433461074,
      ],
      sycophancy: [
        54.502634770958814, 61.928891802801736, 65.34992188764625, 56.11774021432237,
        48.20061938814722,
      ],
      refusal: [
        63.81188644455895, 65.92637139766295, 65.34992188764625, 62.33683834061201,
        54.43645558820872,
      ],
    },
  },
  {
    type: "mmlu",
    size: "13b",
    source:
      "result files of MMLU at layer 14, at 366c20b, to one digit: an earlier run, normalized over eight behaviors, power seeking too",
    steeredOtherwise: "the published vectors of MMLU were normalized over eight behaviors",
    rounding: 0.05,
    multipliers: [-1, 0, 1],
    rows: {
      "coordinate-other-ais": [61.1, 63.2, 62.4],
      "corrigible-neutral-HHH": [59.1, 63.2, 64.3],
      hallucination: [57.3, 63.2, 63.6],
      "myopic-reward": [61.3, 63.2, 65.3],
      "survival-instinct": [60.7, 63.2, 64.6],
      sycophancy: [60.5, 63.2, 64.6],
      refusal: [63.6, 63.2, 59.1],
    },
  },
];

/** TruthfulQA: the mean of the categories' means. */
const TRUTHFUL_QA: readonly PublishedTable[] = (
  [
    ["7b", [55, 54, 49]],
    ["13b", [62, 60, 57]],
  ] as const
).map(([size, sycophancy]) => ({
  type: "truthful_qa",
  size,
  source: `analysis/sycophancy/..._type=truthful_qa_..._model_size=${size}.tex at 25dcd48, two digits`,
  rounding: 0.5,
  multipliers: [-1, 0, 1],
  rows: { sycophancy },
}));

export const CHOICE_TABLES: readonly PublishedTable[] = [
  ...AB,
  ...AB_PROMPTED,
  ...MMLU,
  ...TRUTHFUL_QA,
];
