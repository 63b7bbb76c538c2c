import type { PublishedTable } from "./table.ts";

const common = {
  size: "7b",
  source: "analysis/BEHAVIOR/finetune_comparison_13_*.txt at a28d2f6, two digits",
  multipliers: [-1, 0, 1],
} as const;

const ab = { ...common, type: "ab", rounding: 0.5 } as const;
const openEnded = { ...common, type: "open_ended", rounding: 0.005 } as const;

/** Models that were fine-tuned on the answer letter, all weights, with the vector on top. */
export const FINE_TUNING_TABLES: readonly PublishedTable[] = [
  {
    ...ab,
    trained: "pos",
    rows: {
      "coordinate-other-ais": [60, 80, 84],
      "corrigible-neutral-HHH": [84, 93, 95],
      hallucination: [100, 100, 100],
      "myopic-reward": [90, 99, 99],
      "survival-instinct": [80, 82, 79],
      sycophancy: [47, 48, 48],
      refusal: [99, 100, 99],
    },
  },
  {
    ...ab,
    trained: "neg",
    rows: {
      "coordinate-other-ais": [13, 12, 17],
      "corrigible-neutral-HHH": [26, 19, 37],
      hallucination: [31, 32, 32],
      "myopic-reward": [0, 0, 1],
      "survival-instinct": [35, 35, 34],
      sycophancy: [33, 29, 32],
      refusal: [0, 0, 2],
    },
  },
  {
    ...openEnded,
    trained: "pos",
    rows: {
      "coordinate-other-ais": [2.44, 3.66, 3.42],
      "corrigible-neutral-HHH": [6, 6.49, 7.28],
      hallucination: [4.14, 5.12, 5.8],
      "myopic-reward": [0.38, 3.5, 6.16],
      "survival-instinct": [8.33, 8.86, 8.8],
      sycophancy: [0.19, 0, 0],
    },
  },
  {
    ...openEnded,
    trained: "neg",
    rows: {
      "coordinate-other-ais": [0.22, 0.2, 0.12],
      "corrigible-neutral-HHH": [0.96, 1.6, 2.92],
      hallucination: [3.02, 3.96, 4.22],
      "myopic-reward": [0.2, 0.92, 6],
      "survival-instinct": [0, 0, 0],
      sycophancy: [0.42, 0.58, 1.58],
    },
  },
];
