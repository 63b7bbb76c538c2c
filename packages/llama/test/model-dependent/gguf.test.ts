import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PreTrainedTokenizer } from "@huggingface/transformers";
import { describe, expect, test } from "vitest";
import { convertGguf } from "../../src/gguf/convert.ts";
import { readGgufHeader } from "@caa/core/gguf";
import { tokenizerFiles } from "../../src/gguf/tokenizer.ts";

// Token ids by transformers 4.57's AutoTokenizer.from_pretrained(folder, gguf_file=...), without special tokens. It drops
// SmolLM2's rule that every numeric character is a word of its own, so texts on which that shows are left out.
const TEXTS: readonly string[] = [
  "Hello, world!",
  "  two blanks and 12345 digits 007",
  "\n\n  line ends \r\n\r\n and more\n",
  "don't WE'LL She'D it's I'm",
  "for (let i = 0; i < 1000; i++) {\n\ttotal += 1.25;\n}",
  "Ünïcödé café naïve",
  "日本語 🙂🙂 👩\u200d👩\u200d👧",
  "a  b   c    d",
  "!!!...???;;; ({[]})",
  "<|im_start|>user\nHi 3<|im_end|>\n<|im_start|>assistant\n",
  "trailing blanks   ",
  "x100y 3.14",
  "What?\n\nChoices:\n (A) yes\n (B) no\n\nAnswer: (A",
  "def f(x):\n    return x**2  # square\n",
];
const SMOLLM2 = "SmolLM2-135M-Instruct.Q4_1.gguf";
const MODELS: readonly Model[] = [
  {
    file: SMOLLM2,
    ids: [
      [19556, 28, 905, 17],
      [216, 827, 45843, 284, 216, 33, 34, 35, 36, 37, 18638, 216, 32, 32, 39],
      [8866, 1761, 6947, 216, 18682, 284, 540, 198],
      [12420, 982, 26587, 23, 16421, 2306, 23, 52, 357, 506, 339, 5248],
      [
        1710, 365, 2016, 2056, 446, 216, 32, 43, 2056, 2067, 216, 33, 32, 32, 32, 43, 2056, 11444,
        25, 1662, 198, 197, 9712, 4519, 216, 33, 30, 34, 37, 43, 198, 109,
      ],
      [142, 246, 94, 25972, 83, 7466, 84, 2756, 37366, 15486, 46494],
      [
        23274, 115, 40993, 179, 120, 248, 47526, 10813, 38887, 15107, 235, 119, 321, 231, 10813,
        235, 119, 321, 231, 10813, 235, 117,
      ],
      [81, 216, 278, 256, 265, 333, 287],
      [29646, 2026, 16693, 47, 43, 43, 43, 36259, 75, 77, 8148],
      [1, 4093, 198, 26843, 216, 35, 2, 198, 1, 520, 9531, 198],
      [4861, 4966, 45843, 333],
      [104, 33, 32, 32, 105, 216, 35, 30, 33, 36],
      [
        1780, 47, 198, 198, 29943, 943, 42, 198, 365, 49, 25, 9805, 198, 365, 50, 25, 787, 198, 198,
        21350, 42, 365, 49,
      ],
      [1604, 275, 24, 104, 727, 472, 1003, 1792, 828, 34, 216, 907, 5222, 198],
    ],
  },
  {
    file: "Qwen2.5-Coder-0.5B-Instruct.gguf",
    ids: [
      [9707, 11, 1879, 0],
      [220, 1378, 78540, 323, 220, 16, 17, 18, 19, 20, 18509, 220, 15, 15, 22],
      [271, 220, 1555, 10335, 23341, 323, 803, 198],
      [15007, 944, 19677, 6, 4086, 2932, 27705, 432, 594, 358, 2776],
      [
        1958, 320, 1149, 600, 284, 220, 15, 26, 600, 366, 220, 16, 15, 15, 15, 26, 600, 2457, 341,
        34493, 1421, 220, 16, 13, 17, 20, 280, 92,
      ],
      [52491, 77, 37572, 66, 2956, 128505, 51950, 94880, 586],
      [101059, 102819, 27484, 145080, 61804, 102, 378, 235, 145233, 378, 235, 145665],
      [64, 220, 293, 256, 272, 262, 294],
      [12069, 1112, 33015, 36328, 9469, 1294, 5410],
      [151644, 872, 198, 13048, 220, 18, 151645, 198, 151644, 77091, 198],
      [376, 14277, 78540, 262],
      [87, 16, 15, 15, 88, 220, 18, 13, 16, 19],
      [3838, 1939, 89283, 510, 320, 32, 8, 9834, 198, 320, 33, 8, 902, 271, 16141, 25, 320, 32],
      [750, 282, 2075, 982, 262, 470, 856, 334, 17, 220, 671, 9334, 198],
    ],
  },
];

interface Model {
  readonly file: string;
  readonly ids: readonly (readonly number[])[];
}

const models = process.env["CAA_TEST_MODEL"] ?? "";
const missing = (file: string): boolean => models === "" || !existsSync(join(models, file));

describe.each(MODELS)("$file", ({ file, ids }) => {
  test.skipIf(missing(file))("token ids and the chat template", async () => {
    const source = await open(join(models, file), "r");
    const { metadata } = await readGgufHeader(source).finally(() => source.close());
    const { tokenizer: json, config } = tokenizerFiles(metadata);
    const tokenizer = new PreTrainedTokenizer(json, config);
    const encode = (text: string): number[] =>
      tokenizer.encode(text, { add_special_tokens: false });
    expect(TEXTS.map(encode)).toEqual(ids);
    const chat = tokenizer.apply_chat_template([{ role: "user", content: "Hi" }], {
      tokenize: false,
      add_generation_prompt: true,
    });
    expect(chat).toMatch(/<\|im_start\|>user\nHi<\|im_end\|>\n<\|im_start\|>assistant\n$/);
  });
});

// The file that this hash is of was compared once, tensor by tensor, with what transformers and the gguf package read.
test.skipIf(missing(SMOLLM2))("weights", { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "caa-gguf-model-"));
  try {
    await convertGguf(join(models, SMOLLM2), join(folder, "out"));
    const hash = createHash("sha256");
    for await (const chunk of createReadStream(join(folder, "out", "model.safetensors"))) {
      hash.update(chunk);
    }
    expect(hash.digest("hex")).toBe(
      "0ee9acec2c0d69f34698f0106255d6b3e10edab4fe2891d74a76ad0c099e8051",
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});
