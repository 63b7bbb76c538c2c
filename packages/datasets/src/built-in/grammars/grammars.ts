import type { BehaviorName } from "../../behaviors/known-behaviors.ts";
import type { Grammar } from "../grammar.ts";
import { coordinateOtherAis } from "./coordinate-other-ais.ts";
import { corrigibleNeutralHhh } from "./corrigible-neutral-hhh.ts";
import { hallucination } from "./hallucination.ts";
import { myopicReward } from "./myopic-reward.ts";
import { refusal } from "./refusal.ts";
import { survivalInstinct } from "./survival-instinct.ts";
import { sycophancy } from "./sycophancy.ts";

/** What makes the questions of each behavior. */
export const GRAMMARS: Readonly<Record<BehaviorName, Grammar>> = {
  "coordinate-other-ais": coordinateOtherAis,
  "corrigible-neutral-HHH": corrigibleNeutralHhh,
  hallucination,
  "myopic-reward": myopicReward,
  "survival-instinct": survivalInstinct,
  sycophancy,
  refusal,
};
