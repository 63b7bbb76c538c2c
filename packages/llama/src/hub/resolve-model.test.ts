import { CaaError } from "@caa/core";
import type { DownloadProgress } from "@caa/core/hub";
import { etagOf, startFakeHub, type FakeHub, type FakeHubOptions } from "@caa/core/hub/testing";
import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openCheckpoint } from "../checkpoint/open-checkpoint.ts";
import { resolveModel, type ResolveModelOptions, type ResolvedModel } from "./resolve-model.ts";

const ID = "acme/tiny-llama";
const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const OTHER_COMMIT = "f".repeat(40);
const TOKEN = "hf_verysecret";
const MODELS = fileURLToPath(new URL("../../test/fixtures/models", import.meta.url));

/** Of the fixtures, with files of the kinds that are not wanted. */
let single: Record<string, Uint8Array>;
let sharded: Record<string, Uint8Array>;
beforeAll(async () => {
  const read = async (name: string): Promise<Record<string, Uint8Array>> => {
    const files: Record<string, Uint8Array> = {};
    for (const file of await readdir(join(MODELS, name))) {
      files[file] = await readFile(join(MODELS, name, file));
    }
    return { ...files, "README.md": new Uint8Array(10), "pytorch_model.bin": new Uint8Array(2000) };
  };
  single = await read("f16");
  sharded = { ...(await read("sharded")), "consolidated.safetensors": new Uint8Array(3000) };
});

let folder: string;
let cacheDir: string;
const hubs: FakeHub[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "caa-hub-"));
  cacheDir = join(folder, "hub");
});
afterEach(async () => {
  await Promise.all(hubs.splice(0).map((hub) => hub.close()));
  await rm(folder, { recursive: true, force: true });
});

async function start(options: Partial<FakeHubOptions> = {}): Promise<FakeHub> {
  const hub = await startFakeHub({ id: ID, commit: COMMIT, files: single, ...options });
  hubs.push(hub);
  return hub;
}

let sleeps: number[] = [];
beforeEach(() => {
  sleeps = [];
});
function resolveAt(
  hub: FakeHub | string,
  options: Partial<ResolveModelOptions> = {},
  name = ID,
): Promise<ResolvedModel> {
  return resolveModel(name, {
    cacheDir,
    endpoint: typeof hub === "string" ? hub : hub.endpoint,
    sleep: async (milliseconds) => sleeps.push(milliseconds),
    ...options,
  });
}

async function failure(promise: Promise<unknown>): Promise<CaaError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof CaaError) {
      return error;
    }
    throw error;
  }
  throw new TypeError("expected a refusal");
}

/** An address at which nothing listens. */
async function deadEndpoint(): Promise<string> {
  const hub = await startFakeHub({ id: ID, commit: COMMIT, files: {} });
  await hub.close();
  return hub.endpoint;
}

const status =
  (code: number, errorCode?: string): NonNullable<FakeHubOptions["answer"]> =>
  (_request, response) => {
    response
      .writeHead(code, errorCode === undefined ? {} : { "x-error-code": errorCode })
      .end("no");
    return true;
  };

describe("a model of the hub", () => {
  test("comes into the standard cache, needed files only, and opens", async () => {
    const hub = await start();
    const found = await resolveAt(hub);
    expect(found).toEqual({
      kind: "folder",
      path: join(cacheDir, "models--acme--tiny-llama", "snapshots", COMMIT),
      id: ID,
      commit: COMMIT,
      note: null,
    });
    expect((await readdir(found.path)).sort()).toEqual([
      "config.json",
      "model.safetensors",
      "tokenizer.json",
      "tokenizer_config.json",
    ]);
    const weights = join(found.path, "model.safetensors");
    expect((await lstat(weights)).isSymbolicLink()).toBe(true);
    expect(await readlink(weights)).toBe(
      join("..", "..", "blobs", etagOf(single["model.safetensors"] ?? new Uint8Array())),
    );
    expect(await readFile(join(cacheDir, "models--acme--tiny-llama", "refs", "main"), "utf8")).toBe(
      COMMIT,
    );
    expect(
      (await readdir(join(cacheDir, "models--acme--tiny-llama", "blobs"))).filter((name) =>
        name.includes("."),
      ),
    ).toEqual([]);
    const original = await openCheckpoint(join(MODELS, "f16"));
    expect((await openCheckpoint(found.path)).hash).toBe(original.hash);
  });

  test("in shards: those of the index, no other weights", async () => {
    const hub = await start({ files: sharded });
    const { path } = await resolveAt(hub);
    expect((await readdir(path)).filter((name) => name.endsWith(".safetensors"))).toEqual([
      "model-00001-of-00002.safetensors",
      "model-00002-of-00002.safetensors",
    ]);
    expect((await openCheckpoint(path)).files).toContain("model-00002-of-00002.safetensors");
  });

  test("tells its progress, to the last byte of each file", async () => {
    const hub = await start();
    const last = new Map<string, DownloadProgress>();
    await resolveAt(hub, { onProgress: (progress) => last.set(progress.file, progress) });
    expect(last.size).toBe(4);
    for (const [name, { loadedBytes, totalBytes }] of last) {
      expect([loadedBytes, totalBytes]).toEqual([single[name]?.length, single[name]?.length]);
    }
  });

  test("is not fetched twice", async () => {
    const hub = await start();
    const first = await resolveAt(hub);
    const before = hub.requests.length;
    expect(await resolveAt(hub)).toEqual(first);
    expect(hub.requests.slice(before).filter((line) => !line.includes("/api/"))).toEqual([]);
  });

  test("at a commit that is cached asks nothing", async () => {
    const hub = await start();
    await resolveAt(hub);
    const before = hub.requests.length;
    const found = await resolveAt(hub, {}, `${ID}@${COMMIT}`);
    expect(found.commit).toBe(COMMIT);
    expect(hub.requests.length).toBe(before);
  });

  test("at a revision", async () => {
    const hub = await start();
    await resolveAt(hub, { revision: "refs/pr/1" });
    expect(hub.requests[0]).toBe(`GET /api/models/${ID}/revision/refs%2Fpr%2F1`);
    expect(
      await readFile(join(cacheDir, "models--acme--tiny-llama", "refs", "refs", "pr", "1"), "utf8"),
    ).toBe(COMMIT);
  });

  test("short names are the gated hub ids", async () => {
    const hub = await start({ id: "meta-llama/Llama-2-7b-chat-hf" });
    expect((await resolveAt(hub, {}, "llama-2-7b-chat")).id).toBe("meta-llama/Llama-2-7b-chat-hf");
  });

  test("that is not supported is refused before its weights are fetched", async () => {
    const config = {
      ...JSON.parse(Buffer.from(single["config.json"] ?? []).toString()),
      architectures: ["FalconForCausalLM"],
    };
    const hub = await start({
      files: { ...single, "config.json": Buffer.from(JSON.stringify(config)) },
    });
    expect((await failure(resolveAt(hub))).code).toBe("unsupported");
    expect(hub.requests.some((line) => line.includes("safetensors"))).toBe(false);
  });

  test.each([
    ["pickled weights", ["model.safetensors"], {}, "unsupported", "pickled"],
    ["GGUF files", ["model.safetensors"], { "a.gguf": new Uint8Array(2) }, "unsupported", "a.gguf"],
    ["no tokenizer", ["tokenizer.json"], {}, "not-found", "tokenizer.json"],
    ["no configuration", ["config.json"], {}, "not-found", "config.json"],
  ])("with %s is refused", async (_, without, extra, code, named) => {
    const files = Object.fromEntries(
      Object.entries({ ...single, ...extra }).filter(([name]) => !without.includes(name)),
    );
    const error = await failure(resolveAt(await start({ files })));
    expect(error.code).toBe(code);
    expect(error.message).toContain(named);
  });
});

describe("the token", () => {
  test("goes to the hub, not to the server behind it", async () => {
    const hub = await start();
    await resolveAt(hub, { token: TOKEN });
    expect([...hub.authorization.hub]).toEqual([`Bearer ${TOKEN}`]);
    expect([...hub.authorization.content]).toEqual([undefined]);
  });

  test.each([401, 403, 404, 500])("is in no message about status %d", async (code) => {
    const hub = await start({ answer: status(code) });
    const error = await failure(resolveAt(hub, { token: TOKEN }));
    expect(`${error.stack} ${JSON.stringify(error.facts)} ${String(error.cause)}`).not.toContain(
      TOKEN,
    );
  });

  test("with a line break is refused without being shown", async () => {
    const error = await failure(resolveAt(await start(), { token: `${TOKEN}\n` }));
    expect(error.code).toBe("invalid-argument");
    expect(error.message).not.toContain(TOKEN);
  });
});

describe("a gated model", () => {
  test.each([
    [401, undefined],
    [401, "GatedRepo"],
    [403, "GatedRepo"],
    [403, undefined],
  ])("%d %s names the page and HF_TOKEN, without a retry", async (code, errorCode) => {
    const hub = await start({ answer: status(code, errorCode) });
    const error = await failure(resolveAt(hub));
    expect(error.code).toBe("access-denied");
    expect(error.message).toContain(`${hub.endpoint}/${ID}`);
    expect(error.message).toContain("HF_TOKEN");
    expect(hub.requests).toHaveLength(1);
  });

  test("whose facts are open but whose files are not", async () => {
    const hub = await start({
      answer: (request, response) =>
        request.url?.includes("/resolve/") === true && status(403, "GatedRepo")(request, response),
    });
    expect((await failure(resolveAt(hub, { token: TOKEN }))).code).toBe("access-denied");
    expect(await readdir(cacheDir).catch(() => [])).not.toContain("refs");
  });
});

describe("a name that does not exist", () => {
  test("on the hub: both readings", async () => {
    const error = await failure(resolveAt(await start(), {}, "acme/missing"));
    expect(error.code).toBe("not-found");
    expect(error.message).toContain("no such folder here, and no such model on the hub");
  });

  test("on the hub, which answers 401 to strangers", async () => {
    const error = await failure(resolveAt(await start({ answer: status(401, "RepoNotFound") })));
    expect(error.code).toBe("not-found");
    expect(error.message).toContain("HF_TOKEN is not set");
  });

  test("on the hub, near a known one", async () => {
    const error = await failure(resolveAt(await start(), {}, "meta-llama/Llama-2-7b-caht-hf"));
    expect(error.message).toContain("did you mean meta-llama/Llama-2-7b-chat-hf?");
  });

  test("a revision", async () => {
    const error = await failure(
      resolveAt(await start({ answer: status(404, "RevisionNotFound") }), {}, `${ID}@v9`),
    );
    expect(error.code).toBe("not-found");
    expect(error.message).toContain('no revision "v9"');
  });

  test("a path: both readings, and its neighbor", async () => {
    await mkdir(join(folder, "my-llama"));
    const error = await failure(resolveAt("http://127.0.0.1:1", {}, join(folder, "my-lama")));
    expect(error.code).toBe("not-found");
    expect(error.message).toContain("no such folder or .gguf file, and not a hub id");
    expect(error.message).toContain(`did you mean ${join(folder, "my-llama")}?`);
  });

  test("a short name", async () => {
    const error = await failure(resolveAt("http://127.0.0.1:1", {}, "llama-2-7b-caht"));
    expect(error.message).toContain("did you mean llama-2-7b-chat?");
  });

  test.each([
    "",
    "a/b/c",
    "../x/y",
    "a/..",
    "a--b/c",
    "a/b@c@d",
    "a/.b",
    "https://example.org/a/b",
  ])("%j is no hub id", async (name) => {
    expect((await failure(resolveAt("http://127.0.0.1:1", {}, name))).message).toContain(
      "not a hub id",
    );
  });

  test.each(["../../x", "a//b", "/a", "a/", ".hidden"])(
    "the revision %j is refused",
    async (revision) => {
      expect((await failure(resolveAt("http://127.0.0.1:1", { revision }))).code).toBe(
        "invalid-argument",
      );
    },
  );
});

describe("a cut connection", () => {
  test("is resumed where it stopped", async () => {
    const hub = await start({
      cutAfter: (path, from) => (path === "model.safetensors" && from < 3000 ? 1500 : undefined),
    });
    const { path } = await resolveAt(hub);
    expect(await readFile(join(path, "model.safetensors"))).toEqual(single["model.safetensors"]);
    const ranges = hub.requests.filter((line) => line.startsWith("GET /model.safetensors"));
    expect(ranges).toEqual([
      "GET /model.safetensors",
      "GET /model.safetensors bytes=1500-",
      "GET /model.safetensors bytes=3000-",
    ]);
    expect(sleeps).toEqual([500, 1000]);
  });

  test("again and again fails, keeps what came, and a later call goes on from it", async () => {
    const broken = await start({
      cutAfter: (path) => (path === "model.safetensors" ? 100 : undefined),
    });
    const error = await failure(resolveAt(broken));
    expect(error.code).toBe("download-failed");
    expect(error.message).toContain("model.safetensors");
    expect(sleeps).toEqual([500, 1000, 2000, 4000]);
    await expect(lstat(join(cacheDir, "models--acme--tiny-llama", "refs", "main"))).rejects.toThrow(
      "ENOENT",
    );

    const hub = await start();
    const { path } = await resolveAt(hub);
    expect(hub.requests).toContain("GET /model.safetensors bytes=500-");
    expect(await readFile(join(path, "model.safetensors"))).toEqual(single["model.safetensors"]);
  });

  test("with a beginning of something else is found out by the hash and begun anew", async () => {
    const blobs = join(cacheDir, "models--acme--tiny-llama", "blobs");
    await mkdir(blobs, { recursive: true });
    const weights = single["model.safetensors"] ?? new Uint8Array();
    await writeFile(join(blobs, `${etagOf(weights)}.incomplete`), new Uint8Array(700).fill(9));
    const { path } = await resolveAt(await start());
    expect(await readFile(join(path, "model.safetensors"))).toEqual(weights);
  });

  test("a server that ignores ranges is read from the start", async () => {
    const weights = single["model.safetensors"] ?? new Uint8Array();
    const blobs = join(cacheDir, "models--acme--tiny-llama", "blobs");
    await mkdir(blobs, { recursive: true });
    await writeFile(join(blobs, `${etagOf(weights)}.incomplete`), weights.subarray(0, 700));
    const hub = await start({
      answer: (request, response) => {
        const whole = request.url?.endsWith("/resolve/" + COMMIT + "/model.safetensors") === true;
        if (whole) {
          response.writeHead(200).end(weights);
        }
        return whole;
      },
    });
    const { path } = await resolveAt(hub);
    expect(await readFile(join(path, "model.safetensors"))).toEqual(weights);
  });

  test("passing faults of the hub are tried again", async () => {
    let left = 3;
    const hub = await start({
      answer: (request, response) => {
        left -= 1;
        return left >= 0 && status(503)(request, response);
      },
    });
    expect((await resolveAt(hub)).note).toBeNull();
    expect(sleeps).toEqual([500, 1000, 2000]);
  });
});

test("content that stays other than listed is never kept under its name", async () => {
  const hub = await start({
    answer: (request, response) => {
      const weights = request.url?.endsWith("model.safetensors") === true;
      if (weights) {
        response.writeHead(200).end(new Uint8Array(single["model.safetensors"]?.length ?? 0));
      }
      return weights;
    },
  });
  const error = await failure(resolveAt(hub));
  expect(error.code).toBe("download-failed");
  expect(error.message).toContain("damaged");
  const blobs = await readdir(join(cacheDir, "models--acme--tiny-llama", "blobs"));
  expect(
    blobs.some((name) => name.startsWith(etagOf(single["model.safetensors"] ?? new Uint8Array()))),
  ).toBe(false);
});

test("more bytes than listed are refused", async () => {
  const hub = await start({
    answer: (request, response) => {
      const weights = request.url?.endsWith("model.safetensors") === true;
      if (weights) {
        response.writeHead(200).end(new Uint8Array(1_000_000));
      }
      return weights;
    },
  });
  const error = await failure(resolveAt(hub));
  expect(error.message).toContain("sends more");
});

test.each([
  ["a list of something else", [{ type: "file", path: 3 }]],
  ["a path out of the folder", [{ type: "file", path: "config.json", size: -1, oid: "../../x" }]],
  ["no list", { error: "x" }],
])("%s is no answer of a hub", async (_, tree) => {
  const hub = await start({
    answer: (request, response) => {
      const list = request.url?.includes("/tree/") === true;
      if (list) {
        response.writeHead(200).end(JSON.stringify(tree));
      }
      return list;
    },
  });
  const error = await failure(resolveAt(hub));
  expect(error.code).toBe("download-failed");
  expect(error.message).toContain("another form");
});

describe("without the hub", () => {
  test.each([
    ["unreachable", deadEndpoint, /could not be reached.*cached copy of commit 01234567/],
    [
      "failing",
      async () => (await start({ answer: status(500) })).endpoint,
      /answered 500.*cached copy/,
    ],
    [
      "refusing",
      async () => (await start({ answer: status(401) })).endpoint,
      /access is denied.*cached copy/,
    ],
  ])("%s: the cached copy is used, and said so, at once", async (_, endpoint, note) => {
    await resolveAt(await start());
    const found = await resolveAt(await endpoint());
    expect(found.commit).toBe(COMMIT);
    expect(found.note).toMatch(note);
    expect(sleeps).toEqual([]);
    expect((await openCheckpoint(found.path)).config.num_hidden_layers).toBe(3);
  });

  test("offline asks nothing", async () => {
    await resolveAt(await start());
    const found = await resolveAt("http://127.0.0.1:1", {
      offline: true,
      fetch: () => Promise.reject(new TypeError("asked the network")),
    });
    expect(found).toMatchObject({ commit: COMMIT, note: null });
  });

  test("offline with nothing cached", async () => {
    const error = await failure(resolveAt("http://127.0.0.1:1", { offline: true }));
    expect(error.code).toBe("not-found");
    expect(error.message).toContain("nothing of it is in the cache");
  });

  test("offline with a part cached names what lacks", async () => {
    const { path } = await resolveAt(await start({ files: sharded }));
    await rm(join(path, "model-00002-of-00002.safetensors"));
    const error = await failure(resolveAt("http://127.0.0.1:1", { offline: true }));
    expect(error.message).toContain("the cache lacks model-00002-of-00002.safetensors");
  });

  test("an update that is cut leaves the earlier commit in use", async () => {
    await resolveAt(await start());
    const weights = new Uint8Array(5000).fill(1);
    const hub = await start({
      commit: OTHER_COMMIT,
      files: { ...single, "model.safetensors": weights },
      cutAfter: () => 10,
    });
    const found = await resolveAt(hub);
    expect(found.commit).toBe(COMMIT);
    expect(found.note).toContain("cached copy");
  });

  test("nothing cached: tried a few times, then an error", async () => {
    const error = await failure(resolveAt(await deadEndpoint()));
    expect(error.code).toBe("download-failed");
    expect(sleeps).toEqual([500, 1000, 2000, 4000]);
  });
});

describe("stopping", () => {
  test("before", async () => {
    expect((await failure(resolveAt(await start(), { signal: AbortSignal.abort() }))).code).toBe(
      "aborted",
    );
  });

  test("within a file", async () => {
    const controller = new AbortController();
    const hub = await start();
    const promise = resolveAt(hub, {
      signal: controller.signal,
      onProgress: ({ file }) => file === "model.safetensors" && controller.abort(),
    });
    expect((await failure(promise)).code).toBe("aborted");
  });

  test("while waiting for the next try", async () => {
    const controller = new AbortController();
    const promise = resolveAt(await deadEndpoint(), {
      signal: controller.signal,
      sleep: async () => controller.abort(),
    });
    expect((await failure(promise)).code).toBe("aborted");
  });
});

describe("what is here is used as it is", () => {
  test("a folder, a GGUF file", async () => {
    const dir = join(folder, "model");
    const file = join(folder, "model.gguf");
    await mkdir(dir);
    await writeFile(file, "x");
    expect(await resolveAt("http://127.0.0.1:1", {}, dir)).toMatchObject({
      kind: "folder",
      path: dir,
      id: "model",
    });
    expect(await resolveAt("http://127.0.0.1:1", {}, file)).toMatchObject({
      kind: "gguf",
      path: file,
      id: "model.gguf",
    });
  });

  test("another file is refused", async () => {
    const file = join(folder, "model.safetensors");
    await writeFile(file, "x");
    expect((await failure(resolveAt("http://127.0.0.1:1", {}, file))).code).toBe(
      "invalid-argument",
    );
  });
});
