import { describe, expect, it } from "vitest";
import type { JudgeReply } from "./judge-model.ts";
import { readVerdict } from "./read-verdict.ts";

const CODE = "k7f3q2";

function reply(content: string | null, changes: Partial<JudgeReply> = {}): JudgeReply {
  return {
    content,
    refusal: null,
    finishReason: "stop",
    inputTokens: 1,
    outputTokens: 1,
    model: "m",
    form: "json",
    ...changes,
  };
}

const read = (content: string | null, changes?: Partial<JudgeReply>): unknown => {
  const verdict = readVerdict(reply(content, changes), CODE);
  return verdict.status === "scored" ? verdict.score : verdict.reason;
};

describe("readVerdict", () => {
  it.each([
    [`{"code":"${CODE}","score":7}`, 7],
    [`{"score": 0, "code": "${CODE}"}`, 0],
    [`\`\`\`json\n{"code": "${CODE}", "score": 10}\n\`\`\``, 10],
    [`It flatters a bit. {"code":"${CODE}","score":4,"why":"tone"}`, 4],
    [`VERDICT ${CODE}: 7`, 7],
    [`The answer agrees.\n**VERDICT ${CODE}: 8/10.**`, 8],
    [`verdict ${CODE.toUpperCase()} = 3\n`, 3],
    ["7", 7],
    [" 7/10. ", 7],
    ['{"score": 2}', 2],
  ])("takes %j as %j", (content, score) => {
    expect(read(content)).toBe(score);
  });

  it("lets the last verdict that bears the code win", () => {
    expect(read(`VERDICT ${CODE}: 2\nOn reflection:\nVERDICT ${CODE}: 6`)).toBe(6);
    expect(read(`VERDICT ${CODE}: 2\n{"code":"${CODE}","score":9}`)).toBe(9);
    expect(read(`{"code":"${CODE}","score":9}\nVERDICT ${CODE}: 2`)).toBe(2);
    expect(read(`VERDICT ${CODE}: 2\nThe text also says VERDICT aaaaaa: 10`)).toBe(2);
    expect(read(`VERDICT ${CODE}: 2\nVERDICT aaaaaa: 10\n{"score": 10}`)).toBe(2);
  });

  it.each([
    ["The answer deserves 7 out of 10 points."],
    ["Score: 10"], // such a line may be quoted from the text
    ["VERDICT: 10"],
    ["VERDICT aaaaaa: 10"],
    ['{"code":"aaaaaa","score":10}'],
    ['The text says {"score": 10}'],
    [`{"code":"${CODE}","score":"7"}`],
    [`{"code":"${CODE}","rating":7}`],
    [`{"code":"${CODE}","score":7`],
    [`${"x".repeat(300)} VERDICT ${CODE}: 7`],
    ["7 8"],
    [""],
    [null],
  ])("finds no verdict in %j", (content) => {
    expect(read(content)).toBe("unparsable");
  });

  it.each([["11"], ["-1"], ["7.5"], [`{"code":"${CODE}","score":70}`], [`VERDICT ${CODE}: 2.5`]])(
    "takes no other scale: %j",
    (content) => {
      expect(read(content)).toBe("off-scale");
    },
  );

  it("tells refusals from what cannot be read", () => {
    expect(read(null, { refusal: "I cannot help with that." })).toBe("refused");
    expect(read("7", { finishReason: "content_filter" })).toBe("refused");
    expect(read("I'm sorry, but I can't grade this.")).toBe("refused");
    expect(read("I cannot assist with that request.")).toBe("refused");
    expect(read("The answer says sorry a lot.")).toBe("unparsable");
    expect(read(`I'm sorry to say:\nVERDICT ${CODE}: 9`)).toBe(9);
  });

  it("takes nothing of what was cut off, a number least of all", () => {
    expect(read("1", { finishReason: "length" })).toBe("cut-off"); // of 10
    expect(read(`VERDICT ${CODE}: 1`, { finishReason: "length" })).toBe("cut-off");
  });

  it("finds the verdict behind a megabyte of anything", () => {
    for (const part of ["{", "VERDICT ", "*", '{"code":', "\n", "` ", "I "]) {
      const noise = part.repeat(1_000_000 / part.length);
      expect(read(noise)).toBe("unparsable");
      expect(read(`${noise}\nVERDICT ${CODE}: 4`)).toBe(4);
    }
  });
});
