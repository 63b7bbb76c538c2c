import { ab } from "./ab.mjs";
import { manyVectors } from "./many-vectors.mjs";
import { oneStream } from "./one-stream.mjs";
import { openEnded } from "./open-ended.mjs";
import { sevenB } from "./seven-b.mjs";
import { soak } from "./soak.mjs";
import { start } from "./start.mjs";
import { steeringCost } from "./steering-cost.mjs";
import { vectors } from "./vectors.mjs";

/** In the order in which they run. */
export const cases = [
  vectors,
  ab,
  openEnded,
  oneStream,
  steeringCost,
  manyVectors,
  start,
  sevenB,
  soak,
];
