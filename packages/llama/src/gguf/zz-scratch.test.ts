import { test } from "vitest";
import { convertGguf } from "/work/main/packages/llama/src/gguf/convert.ts";
import { rm } from "node:fs/promises";
test("c", async () => {
  for (const [f, o] of [["SmolLM2-135M-Instruct.Q4_1", "/tmp/smollm2-ours"]] as const) {
    await rm(o, { recursive: true, force: true });
    const t = performance.now(); let n = 0;
    await convertGguf(`${process.env["HOME"]}/.cache/caa-test-models/${f}.gguf`, o, { onProgress: () => { n++; } });
    console.log(f, performance.now() - t, n, process.resourceUsage().maxRSS / 1024);
  }
}, 300000);
