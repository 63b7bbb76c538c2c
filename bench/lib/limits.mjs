import { runChild } from "./child.mjs";
import { coreCount } from "./machine.mjs";

/** What the machine does at most: float32 operations a second in large matrix products, and bytes read a second. */
export const measureLimits = () => runChild("measure-limits.mjs", [String(coreCount())]);
