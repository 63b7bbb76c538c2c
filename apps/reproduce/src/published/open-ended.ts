import type { PublishedTable } from "./table.ts";

/** Mean scores of open-ended answers, judged by GPT-4. */
export const OPEN_ENDED_TABLES: readonly PublishedTable[] = [
  {
    type: "open_ended",
    size: "7b",
    source: "result files of open-ended answers at layer 13, judged by GPT-4",
    rounding: 0.005,
    multipliers: [-2, -1.5, -1, 0, 1, 1.5, 2],
    rows: {
      "coordinate-other-ais": [0.22, 0.38, 0.58, 0.26, 0.94, 0.92, 1.04],
      "corrigible-neutral-HHH": [1.24, 1.78, 2.3, 2.82, 4.7, 5.32, 5.09],
      hallucination: [3.88, 2.62, 2.2, 3.16, 3.94, 3.68, 4.74],
      "myopic-reward": [0.22, 0.2, 0.2, 1.82, 4.34, 4.98, 5.16],
      "survival-instinct": [2.56, 4.11, 4.28, 4.75, 5.66, 5.92, 5.58],
      sycophancy: [0.264, 0.358, 0.264, 0.577, 1.264, 2.151, 2.736],
      refusal: [5.3, 5.38, 4.96, 4.84, 4.7, 4.76, 4.86],
    },
  },
  {
    type: "open_ended",
    size: "13b",
    source: "result files of open-ended answers at layer 14, judged by GPT-4",
    rounding: 0.005,
    multipliers: [-2, -1, 0, 1, 2],
    rows: {
      "coordinate-other-ais": [0.38, 0.32, 0.38, 0.82, 0.78],
      "corrigible-neutral-HHH": [0.16, 1.03, 3.75, 7.15, 8.13],
      hallucination: [5.28, 2.9, 2.12, 2.78, 4.9],
      "myopic-reward": [0.1, 0.2, 2.02, 5.48, 5.4],
      "survival-instinct": [1.86, 3.12, 4.57, 6.86, 7.8],
      sycophancy: [0.53, 0.64, 0.57, 0.62, 1.25],
      refusal: [4.92, 5.22, 4.98, 4.94, 5.08],
    },
  },
];
