import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { CaaError } from "@caa/core";

export type Device = "auto" | "cpu" | "cuda";

/** The runtime's CUDA provider, which its npm package does not contain. */
const PROVIDER = "libonnxruntime_providers_cuda.so";

/**
 * The device to run on: `auto` is CUDA where the runtime's CUDA provider is installed, else the CPU.
 * @throws {CaaError} `device` when CUDA is asked for and its provider is missing
 */
export function chooseDevice(
  device: Device,
  findFile: (path: string) => boolean = existsSync,
): "cpu" | "cuda" {
  if (device === "cpu") {
    return "cpu";
  }
  const file = providerFile();
  if (findFile(file)) {
    return "cuda";
  }
  if (device === "auto") {
    return "cpu";
  }
  throw new CaaError(
    "device",
    `device cuda: the runtime's CUDA provider is not installed (expected ${file}); docs/cuda.md says how to get it`,
    { facts: { expected: file } },
  );
}

function providerFile(): string {
  const runtime = createRequire(import.meta.url).resolve("onnxruntime-node/package.json");
  return join(dirname(runtime), "bin", "napi-v6", process.platform, process.arch, PROVIDER);
}
