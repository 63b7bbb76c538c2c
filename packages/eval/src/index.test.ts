import { expect, it } from "vitest";
import * as contract from "./index.ts";
import * as plots from "./plots/index.ts";

it("exports what it promises", () => {
  expect(Object.keys(contract).toSorted()).toEqual([
    "CELL_VERSION",
    "ResultStore",
    "cellFileName",
    "effectsByLayer",
    "generateVectors",
    "judgeEffect",
    "randomControl",
    "readCells",
    "renderReport",
    "runAbSweep",
    "runControls",
    "strongestEffect",
  ]);
  expect(Object.keys(plots).toSorted()).toEqual(["plotAbResults", "plotEffects", "renderPng"]);
});
