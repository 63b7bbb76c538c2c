import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { floatFolder, ggufFile, Missing, need } from "./inputs.mjs";
import { LineProcess } from "./lines.mjs";
import { coreCount } from "./machine.mjs";

const script = (name) => fileURLToPath(new URL(`../peers/${name}`, import.meta.url));

/** What the model's chat template says where no system message is given. */
const SYSTEM = "You are a helpful AI assistant named SmolLM, trained by Hugging Face";

function python(name) {
  const command = process.env.CAA_BENCH_PYTHON;
  if (!command) {
    throw new Missing("CAA_BENCH_PYTHON is not set");
  }
  return new LineProcess(command, [script(name)], {
    CAA_BENCH_MODEL: floatFolder(),
    CAA_BENCH_SYSTEM: SYSTEM,
    CAA_BENCH_THREADS: String(coreCount()),
    TOKENIZERS_PARALLELISM: "false",
  });
}

const starts = {
  reference: () => {
    need("CAA_TEST_REFERENCE", "caa_reference.py");
    return python("reference.py");
  },
  "steering-vectors": () => {
    need("CAA_TEST_REFERENCE", "caa_reference.py"); // its prompts
    return python("steering_vectors_library.py");
  },
  "llama.cpp": () => {
    const folder = process.env.CAA_BENCH_PEERS ?? join(homedir(), ".cache/caa-bench");
    const module = join(folder, "node_modules/node-llama-cpp/dist/index.js");
    if (!existsSync(module)) {
      throw new Missing(`there is no node-llama-cpp in ${folder} (CAA_BENCH_PEERS)`);
    }
    const args = [script("llama-cpp.mjs"), module, ggufFile(), String(coreCount())];
    return new LineProcess(process.execPath, args);
  },
};

/** Starts the peers that are there. The others are told to `log` and are null. */
export async function openPeers(names, log) {
  const peers = {};
  const versions = {};
  for (const name of names) {
    peers[name] = null;
    try {
      const peer = starts[name]();
      versions[name] = (await peer.ask({ command: "version" })).version;
      peers[name] = peer;
    } catch (error) {
      log(`peer ${name} SKIPPED: ${error.message}`);
      versions[name] = `skipped: ${error.message}`;
    }
  }
  return {
    ...peers,
    versions,
    close: () => names.forEach((name) => peers[name]?.close()),
  };
}

/** Of a slow peer a round takes at least as many seconds; what it did is then extrapolated per item. */
const LEAST_SECONDS = 60;

/**
 * A side whose subset grows until a round takes a minute, and stays as it is from then on.
 *
 * @param ask called with the items, resolves to at least `{ count, seconds }`
 */
export function slowSide(name, { all, first, subset, ask, full, seconds = LEAST_SECONDS }) {
  let size = full ? all : Math.min(first, all);
  const run = async () => {
    for (;;) {
      const result = await ask(subset(size));
      if (result.seconds >= seconds || size >= all) {
        return { ...result, items: size };
      }
      size = Math.min(all, Math.ceil(size * Math.max(1.2, (1.1 * seconds) / result.seconds)));
    }
  };
  return { name, run };
}
