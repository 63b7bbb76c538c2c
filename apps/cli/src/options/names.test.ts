import { describe, expect, it } from "vitest";
import { collectNames, modelFileName, oneOf, parseTestType } from "./names.ts";

describe("names", () => {
  it("of test types are written with _ or -, and a slip gets a suggestion", () => {
    expect(parseTestType("AB")).toBe("ab");
    expect(parseTestType("open-ended")).toBe("open_ended");
    expect(parseTestType("truthful_qa")).toBe("truthful_qa");
    expect(() => parseTestType("open_endet")).toThrow(/Did you mean open_ended\?/);
  });

  it("of a closed set get a suggestion", () => {
    expect(oneOf("llama2-chat", "template")("llama2_chat")).toBe("llama2-chat");
    expect(() => oneOf("llama2-chat", "template")("templat")).toThrow(/Did you mean template\?/);
  });

  it("add up over commas and repeats", () => {
    expect(collectNames("b,a", collectNames("c b"))).toEqual(["c", "b", "a"]);
    expect(() => collectNames(" , ")).toThrow(/at least one/);
  });

  it("of models become names of files", () => {
    expect(modelFileName("meta-llama/Llama-2-7b-chat-hf")).toBe("meta-llama--Llama-2-7b-chat-hf");
    expect(modelFileName("../a b\\c")).toBe("__--a_b_c");
  });
});
