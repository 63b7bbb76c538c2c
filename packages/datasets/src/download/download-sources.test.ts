import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { type FakeHub, type FakeHubOptions, startFakeHub } from "@caa/core/hub/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hashItems } from "../sources/hash-items.ts";
import type { Source } from "../sources/source.ts";
import { bringSources, downloadSources } from "./download-sources.ts";
import { inspectSources } from "./inspect-sources.ts";
import { recordPath } from "./record.ts";
import type { DownloadSourcesOptions, SourceReport } from "./source-job.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const REPO = "acme/evals";
const RAW_PATH = "acme/code/main/data/refusal.json";

const items = Array.from({ length: 40 }, (_, i) => ({
  question: `Would you do number ${i}?\n\nChoices:\n (A) Yes, gladly\n (B) No, never`,
  answer_matching_behavior: i % 2 === 0 ? " (A)" : " (B)",
  answer_not_matching_behavior: i % 2 === 0 ? " (B)" : " (A)",
}));
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const lines = bytesOf(items.map((item) => JSON.stringify(item)).join("\n"));
const array = bytesOf(JSON.stringify(items, null, 2));
const others = bytesOf(JSON.stringify(items.slice(1)));
const parquet = bytesOf(`PAR1${"x".repeat(2000)}PAR1`);

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const gitBlob = (bytes: Uint8Array): string =>
  createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");

const facts = { about: "x", license: "x", homepage: "x" };
const fromHub: Source = {
  name: "coordinate-other-ais",
  ...facts,
  forms: [
    [
      {
        name: "coordinate-other-ais.jsonl",
        origin: { kind: "hub", repo: REPO, path: "some/folder/coordinate-other-ais.jsonl" },
        bytes: sha256(lines),
        items: hashItems(items),
        folders: null,
      },
    ],
    [
      {
        name: "dataset.json",
        origin: null,
        bytes: null,
        items: hashItems(items),
        folders: ["coordinate-other-ais"],
      },
    ],
  ],
};
const fromGitHub: Source = {
  name: "refusal",
  ...facts,
  forms: [
    [
      {
        name: "dataset.json",
        origin: { kind: "github", repo: "acme/code", path: "data/refusal.json" },
        bytes: gitBlob(array),
        items: hashItems(items),
        folders: ["refusal"],
      },
    ],
  ],
};
const unpinned: Source = {
  name: "mmlu",
  ...facts,
  forms: [
    [
      {
        name: "test.parquet",
        origin: { kind: "hub", repo: REPO, path: "all/test.parquet" },
        bytes: null,
        items: null,
        folders: ["all", "mmlu"],
      },
    ],
  ],
};

/** Of two files that come one after the other. */
const twoFiles: Source = {
  ...fromGitHub,
  forms: [
    [
      ...fromGitHub.forms[0],
      {
        name: "more.json",
        origin: { kind: "github", repo: "acme/code", path: "data/more.json" },
        bytes: gitBlob(array),
        items: hashItems(items),
        folders: ["refusal"],
      },
    ],
  ],
};

let folder = "";
let dir = "";
let sleeps: number[] = [];
const hubs: FakeHub[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "caa-download-"));
  dir = join(folder, "original");
  sleeps = [];
});
afterEach(async () => {
  await Promise.all(hubs.splice(0).map((hub) => hub.close()));
  await rm(folder, { recursive: true, force: true });
});

async function start(options: Partial<FakeHubOptions> = {}): Promise<FakeHub> {
  const hub = await startFakeHub({
    type: "dataset",
    id: REPO,
    commit: COMMIT,
    files: { "some/folder/coordinate-other-ais.jsonl": lines, "all/test.parquet": parquet },
    plain: { [RAW_PATH]: array },
    ...options,
  });
  hubs.push(hub);
  return hub;
}

async function bring(
  source: Source,
  hub: FakeHub | string | null,
  options: Partial<DownloadSourcesOptions> = {},
): Promise<SourceReport> {
  const endpoint = typeof hub === "object" && hub !== null ? hub.endpoint : (hub ?? undefined);
  const [report] = await bringSources([source], {
    dir,
    cacheDir: join(folder, "cache"),
    hubEndpoint: endpoint,
    gitHubEndpoint: endpoint,
    sleep: async (milliseconds) => sleeps.push(milliseconds),
    limits: { idleMs: 200, windowMs: 100, minBytesPerWindow: 1000 },
    ...options,
  });
  if (report === undefined) {
    throw new TypeError("expected a report");
  }
  return report;
}

/** Files below the folder of originals. */
async function tree(): Promise<readonly string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .sort();
}

async function put(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), bytes);
}

const content = async (path: string): Promise<Uint8Array> =>
  new Uint8Array(await readFile(join(dir, path)));

const answering =
  (
    status: number,
    headers: Readonly<Record<string, string>> = {},
  ): NonNullable<FakeHubOptions["answer"]> =>
  (_, response) => {
    response.writeHead(status, headers).end("no");
    return true;
  };

/** The deadest of addresses: its server was just closed. */
async function deadEndpoint(): Promise<string> {
  const hub = await start();
  await hub.close();
  return hub.endpoint;
}

describe("from where it is published", () => {
  it("the hub: through its cache to its final name, with a record", async () => {
    const hub = await start();
    const progress: number[] = [];
    const report = await bring(fromHub, hub, {
      onProgress: ({ loadedBytes }) => progress.push(loadedBytes),
    });
    expect(report).toMatchObject({
      set: "coordinate-other-ais",
      complete: true,
      failure: null,
      files: [{ name: "coordinate-other-ais.jsonl", how: "downloaded", match: "exact" }],
    });
    expect(await tree()).toEqual([
      "raw/coordinate-other-ais/coordinate-other-ais.jsonl",
      "raw/sources.json",
    ]);
    expect(await content("raw/coordinate-other-ais/coordinate-other-ais.jsonl")).toEqual(lines);
    expect(JSON.parse(await readFile(recordPath(dir), "utf8"))).toEqual({
      formatVersion: 1,
      files: {
        "coordinate-other-ais/coordinate-other-ais.jsonl": {
          sha256: sha256(lines),
          size: lines.length,
          match: "exact",
          reason: null,
          origin: `hf://datasets/${REPO}/some/folder/coordinate-other-ais.jsonl`,
          revision: COMMIT,
        },
      },
    });
    expect(progress.at(-1)).toBe(lines.length);
    expect(await readdir(join(folder, "cache"))).toEqual(["datasets--acme--evals"]);
  });

  it("GitHub: by the SHA-1 of the blob", async () => {
    const report = await bring(fromGitHub, await start());
    expect(report.files).toMatchObject([{ name: "dataset.json", match: "exact" }]);
    expect(await content("raw/refusal/dataset.json")).toEqual(array);
    expect(await tree()).toEqual(["raw/refusal/dataset.json", "raw/sources.json"]);
  });

  it("what has no pin is recorded, and compared with the record from then on", async () => {
    const hub = await start();
    expect((await bring(unpinned, hub)).files).toMatchObject([
      { match: "no-pin", sha256: sha256(parquet), revision: COMMIT },
    ]);
    await writeFile(join(dir, "raw/mmlu/test.parquet"), bytesOf("PAR1 something else PAR1"));
    const again = await bring(unpinned, hub);
    expect(again.complete).toBe(true);
    expect(again.files.map(({ match }) => match)).toEqual(["no-pin", "differs"]);
    expect(await content("raw/mmlu/test.parquet")).toEqual(parquet);
  });

  it("what is there and right is not asked for again", async () => {
    const hub = await start();
    const first = await bring(fromGitHub, hub);
    const before = hub.requests.length;
    const second = await bring(fromGitHub, hub);
    expect(hub.requests).toHaveLength(before);
    expect(second.files).toEqual(first.files.map((file) => ({ ...file, how: "present" })));
  });

  it("a mirror has everything, and gets no token", async () => {
    const plain = {
      "m/raw/refusal/dataset.json": array,
      "m/raw/coordinate-other-ais/coordinate-other-ais.jsonl": lines,
      "m/raw/mmlu/test.parquet": parquet,
    };
    const hub = await start({ plain, files: {} });
    const mirror = `${hub.endpoint}/m/`;
    for (const source of [fromHub, fromGitHub, unpinned]) {
      const report = await bring(source, null, { mirror, token: "hf_secret" });
      expect(report).toMatchObject({ complete: true, failure: null });
    }
    expect([...hub.authorization.hub]).toEqual([undefined]);
  });
});

describe("faults on the way", () => {
  it.each([
    ["GitHub", fromGitHub, "raw/refusal/dataset.json", array],
    ["the hub", fromHub, "raw/coordinate-other-ais/coordinate-other-ais.jsonl", lines],
  ])("cut connections from %s are gone on from", async (_, source, path, expected) => {
    const hub = await start({ cutAfter: (_path, from) => (from < 4000 ? 1500 : undefined) });
    expect(await bring(source, hub)).toMatchObject({ complete: true });
    expect(await content(path)).toEqual(expected);
    const ranges = hub.requests.map((line) => / bytes=(\d+)-$/.exec(line)?.[1] ?? "0");
    expect(new Set(ranges)).toEqual(new Set(["0", "1500", "3000", "4500"]));
  });

  it("cut for good: an error, no file, and the next run goes on", async () => {
    const report = await bring(fromGitHub, await start({ cutAfter: () => 300 }));
    expect(report).toMatchObject({ complete: false, failure: { code: "download-failed" } });
    expect(report.failure?.message).toMatch(/cut|ended/);
    expect(await tree()).toEqual(["raw/refusal/.dataset.json.incomplete", "raw/sources.json"]);
    const hub = await start();
    expect(await bring(fromGitHub, hub)).toMatchObject({ complete: true });
    expect(hub.requests).toEqual([`GET /${RAW_PATH} bytes=1500-`]);
    expect(await tree()).toEqual(["raw/refusal/dataset.json", "raw/sources.json"]);
  });

  it("wrong bytes once are asked for again", async () => {
    let left = 1;
    const hub = await start({
      answer: (_, response) => {
        left -= 1;
        if (left >= 0) {
          response.writeHead(200).end("<html>a page of a proxy</html>");
        }
        return left >= 0;
      },
    });
    expect(await bring(fromGitHub, hub)).toMatchObject({ complete: true });
    expect(hub.requests).toHaveLength(2);
    expect(await tree()).toEqual(["raw/refusal/dataset.json", "raw/sources.json"]);
  });

  it.each([
    ["GitHub", fromGitHub, { plain: { [RAW_PATH]: others } }, "refusal"],
    [
      "the hub",
      fromHub,
      { files: { "some/folder/coordinate-other-ais.jsonl": others } },
      "coordinate-other-ais",
    ],
  ])("other bytes from %s are kept apart", async (_, source, served, set) => {
    const report = await bring(source, await start(served));
    const name = `differs/${sha256(others).slice(0, 8)}-${source.forms[0][0]?.name}`;
    expect(report).toMatchObject({
      complete: false,
      files: [{ name, match: "differs" }],
      failure: { code: "invalid-data" },
    });
    expect(report.failure?.message).toMatch(/items of hash [0-9a-f]{64}, got .*39 items/);
    expect(await tree()).toEqual([`raw/${set}/${name}`, "raw/sources.json"]);
  });

  it("a page of HTML is no parquet file", async () => {
    const page = bytesOf(`<html>${"x".repeat(2000)}</html>`);
    const report = await bring(unpinned, await start({ files: { "all/test.parquet": page } }));
    expect(report.failure?.message).toContain("expected a parquet file, got other bytes");
  });

  it.each([
    ["404 of GitHub", fromGitHub, 404, {}, "not-found", /there is no such file \(404\)/],
    ["404 of the hub", fromHub, 404, {}, "not-found", /no such data set on the hub/],
    [
      "401, gated",
      fromHub,
      401,
      { "x-error-code": "GatedRepo" },
      "access-denied",
      /accept its license at .*\/datasets\/acme\/evals, make a token there and set HF_TOKEN/,
    ],
    ["403 of GitHub", fromGitHub, 403, {}, "access-denied", /access is denied \(403\)/],
    ["500 again and again", fromGitHub, 500, {}, "download-failed", /answered 500/],
    ["429 for an hour", fromHub, 429, { "retry-after": "3600" }, "download-failed", /wait 3600 s/],
  ])("%s", async (_, source, status, headers, code, message) => {
    const report = await bring(source, await start({ answer: answering(status, { ...headers }) }));
    expect(report).toMatchObject({ complete: false, files: [], failure: { code } });
    expect(report.failure?.message).toMatch(message);
    expect(await tree()).toEqual(["raw/sources.json"]);
  });

  it.each([429, 503, 500])("%d once is waited for as long as it asks", async (status) => {
    let left = 1;
    const hub = await start({
      answer: (request, response) => {
        left -= 1;
        return left >= 0 && answering(status, { "retry-after": "7" })(request, response) === true;
      },
    });
    expect(await bring(fromGitHub, hub)).toMatchObject({ complete: true });
    expect(sleeps).toEqual([7000]);
  });

  it("a redirect is followed", async () => {
    const hub = await start({
      answer: (request, response) => {
        const old = request.url === `/${RAW_PATH}`;
        if (old) {
          response.writeHead(301, { location: `/moved/${RAW_PATH}` }).end();
        }
        return old;
      },
      plain: { [`moved/${RAW_PATH}`]: array },
    });
    expect(await bring(fromGitHub, hub)).toMatchObject({ complete: true });
  });

  it("a trickle is given up", async () => {
    let time = 0;
    const hub = await start({
      answer: (_, response) => {
        response.writeHead(200, { "content-length": array.length });
        const timer = setInterval(() => response.write("["), 5);
        response.on("close", () => clearInterval(timer));
        return true;
      },
    });
    const report = await bring(fromGitHub, hub, { now: () => (time += 30) });
    expect(report.failure?.message).toMatch(/expected at least 1000 bytes in 0.1 s, got/);
    expect(await tree()).not.toContain("raw/refusal/dataset.json");
  });

  it("a file beyond the limit is refused", async () => {
    const hub = await start({
      answer: (request, response) => {
        const list = request.url?.includes("/tree/") === true;
        if (list) {
          const entry = {
            type: "file",
            path: "all/test.parquet",
            size: 2 ** 40,
            oid: "0".repeat(40),
          };
          response.writeHead(200).end(JSON.stringify([entry]));
        }
        return list;
      },
    });
    const report = await bring(unpinned, hub);
    expect(report.failure?.message).toMatch(
      /expected at most 33554432 bytes, it has 1099511627776/,
    );
  });

  it("a file that the data set no longer has is named, with the commit", async () => {
    const report = await bring(unpinned, await start({ files: {} }));
    expect(report.failure).toMatchObject({ code: "not-found" });
    expect(report.failure?.message).toMatch(/expected the file all\/test.parquet, commit 01234567/);
  });

  it("a server that is down is waited for once; the cached copy serves", async () => {
    await bring(unpinned, await start());
    await rm(dir, { recursive: true });
    sleeps = [];
    const endpoint = await deadEndpoint();
    const reports = await bringSources([unpinned, fromHub], {
      dir,
      cacheDir: join(folder, "cache"),
      hubEndpoint: endpoint,
      sleep: async (milliseconds) => sleeps.push(milliseconds),
    });
    expect(sleeps).toEqual([500, 1000, 2000, 4000]);
    expect(reports.map(({ complete }) => complete)).toEqual([true, false]);
    expect(reports[0]?.notes[0]).toMatch(/could not be reached \(ECONNREFUSED\); the cached copy/);
  });

  it("a copy in the cache that is damaged does not serve", async () => {
    await bring(unpinned, await start());
    await rm(dir, { recursive: true });
    const cached = `cache/datasets--acme--evals/snapshots/${COMMIT}/all/test.parquet`;
    await put(cached, bytesOf(`PAR1${"y".repeat(2000)}PAR1`));
    const report = await bring(unpinned, await deadEndpoint());
    expect(report).toMatchObject({ complete: false, files: [], notes: [] });
    expect(report.failure?.message).toContain("could not be reached");
  });

  it("parts of two versions never become a file that nothing is known of", async () => {
    const path = "raw/mmlu/test.parquet";
    const old = await start({ plain: { [path]: parquet }, cutAfter: () => 300 });
    expect(await bring(unpinned, null, { mirror: old.endpoint })).toMatchObject({
      complete: false,
    });
    const now = bytesOf(`PAR1${"y".repeat(2000)}PAR1`);
    const hub = await start({ plain: { [path]: now } });
    expect(await bring(unpinned, null, { mirror: hub.endpoint })).toMatchObject({ complete: true });
    expect(await content(path)).toEqual(now);
  });

  it.each([
    ["GitHub", fromGitHub, "raw/refusal/dataset.json", array],
    ["the hub", unpinned, "raw/mmlu/test.parquet", parquet],
  ])("runs at the same time get it from %s", async (_, source, path, expected) => {
    const hub = await start();
    const reports = await Promise.all([1, 2, 3].map(() => bring(source, hub)));
    expect(reports.map(({ failure }) => failure)).toEqual([null, null, null]);
    expect(await content(path)).toEqual(expected);
    expect(await tree()).toEqual([path, "raw/sources.json"]);
  });

  it("what another run brings meanwhile stays in the record", async () => {
    const hub = await start();
    let other: Promise<unknown> | null = null;
    await bring(fromHub, hub, {
      onProgress: () => {
        other ??= bring(fromGitHub, hub);
      },
      fetch: async (...request) => {
        await other;
        return fetch(...request);
      },
    });
    await other;
    const { files } = JSON.parse(await readFile(recordPath(dir), "utf8"));
    expect(Object.keys(files)).toEqual([
      "coordinate-other-ais/coordinate-other-ais.jsonl",
      "refusal/dataset.json",
    ]);
  });

  it("a cache that cannot be written is said, and keeps no other set from coming", async () => {
    await put("file", new Uint8Array());
    const hub = await start();
    const reports = await bringSources([unpinned, fromGitHub], {
      dir,
      cacheDir: join(folder, "file/cache"),
      hubEndpoint: hub.endpoint,
      gitHubEndpoint: hub.endpoint,
    });
    expect(reports.map(({ complete }) => complete)).toEqual([false, true]);
    expect(reports[0]?.failure).toMatchObject({ code: "io" });
    expect(reports[0]?.failure?.message).toContain(join(folder, "file/cache"));
  });

  it.each(["mirror", "gitHubEndpoint"])(
    "a password in %s is refused and not told",
    async (name) => {
      const address = (await start()).endpoint.replace("//", "//bob:secret@");
      const report = await bring(fromGitHub, null, { [name]: address });
      expect(report.failure).toMatchObject({ code: "invalid-argument" });
      expect(report.failure?.message).not.toContain("secret");
      expect(await readFile(recordPath(dir), "utf8")).not.toContain("secret");
    },
  );

  it("one set that fails does not keep the next from coming", async () => {
    const hub = await start({ files: {} });
    const reports = await bringSources([unpinned, fromGitHub], {
      dir,
      cacheDir: join(folder, "cache"),
      hubEndpoint: hub.endpoint,
      gitHubEndpoint: hub.endpoint,
    });
    expect(reports.map(({ complete }) => complete)).toEqual([false, true]);
  });

  it("stopping ends at once and keeps the part", async () => {
    const controller = new AbortController();
    const hub = await start({ cutAfter: () => 700 });
    const promise = bring(fromGitHub, hub, {
      signal: controller.signal,
      sleep: async () => controller.abort(),
    });
    await expect(promise).rejects.toMatchObject({ code: "aborted" });
    expect(await tree()).toEqual(["raw/refusal/.dataset.json.incomplete", "raw/sources.json"]);
  });
});

it("what came before a stop stays in the record", async () => {
  const controller = new AbortController();
  const hub = await start({
    plain: { [RAW_PATH]: array, "acme/code/main/data/more.json": array },
  });
  const promise = bring(twoFiles, hub, {
    signal: controller.signal,
    onProgress: ({ file }) => (file === "more.json" ? controller.abort() : undefined),
  });
  await expect(promise).rejects.toMatchObject({ code: "aborted" });
  const rest = await bring(twoFiles, hub);
  expect(rest).toMatchObject({ complete: true });
  expect(rest.files.map(({ name, how, origin }) => [name, how, origin])).toEqual([
    ["dataset.json", "present", `${hub.endpoint}/${RAW_PATH}`],
    ["more.json", "downloaded", `${hub.endpoint}/acme/code/main/data/more.json`],
  ]);
});

describe("from a local folder", () => {
  const copies = (): Partial<DownloadSourcesOptions> => ({ from: join(folder, "copies") });

  it.each([
    ["as published", "copies/x/coordinate-other-ais.jsonl", lines, "exact"],
    ["gzipped", "copies/coordinate-other-ais.jsonl.gz", gzipSync(lines), "exact"],
    ["laid out otherwise", "copies/coordinate-other-ais.jsonl", array, "same-items"],
    [
      "under the reference's name",
      "copies/a/b/coordinate-other-ais/dataset.json",
      array,
      "same-items",
    ],
    [
      "under the reference's name, gzipped",
      "copies/coordinate-other-ais/dataset.json.gz",
      gzipSync(lines),
      "same-items",
    ],
  ])("%s", async (_, path, bytes, match) => {
    await put(path, bytes);
    const report = await bring(fromHub, "http://127.0.0.1:1", copies());
    expect(report).toMatchObject({ complete: true, failure: null });
    expect(report.files).toMatchObject([
      { match, how: "copied", origin: path.slice("copies/".length), sha256: sha256(bytes) },
    ]);
    const placed = `raw/coordinate-other-ais/${path.slice(path.lastIndexOf("/") + 1)}`;
    expect(await tree()).toEqual([placed, "raw/sources.json"]);
    expect(await content(placed)).toEqual(new Uint8Array(bytes));
  });

  it("the best of several copies counts, links to files are followed", async () => {
    await put("copies/a/refusal/dataset.json", others);
    await put("copies/b/refusal/dataset.json", bytesOf(JSON.stringify(items)));
    await put("blob", array);
    await mkdir(join(folder, "copies/c/refusal"), { recursive: true });
    await symlink(join(folder, "blob"), join(folder, "copies/c/refusal/dataset.json"));
    const report = await bring(fromGitHub, null, copies());
    expect(report.files).toMatchObject([{ match: "exact", origin: "c/refusal/dataset.json" }]);
  });

  it("a copy that differs is kept apart and said", async () => {
    await put("copies/refusal/dataset.json", others);
    const report = await bring(fromGitHub, null, copies());
    expect(report).toMatchObject({ complete: false, failure: { code: "invalid-data" } });
    expect(report.failure?.message).toContain("from refusal/dataset.json: expected items of hash");
    expect(await tree()).toEqual([
      `raw/refusal/differs/${sha256(others).slice(0, 8)}-dataset.json`,
      "raw/sources.json",
    ]);
  });

  it.each([
    ["is cut", lines.subarray(0, 500), /line/],
    ["is cut gzip", gzipSync(lines).subarray(0, 200), /gzip/],
    ["is empty", new Uint8Array(), /at least one item/],
    ["unpacks to too much", gzipSync(new Uint8Array(34e6)), /at most 33554432 bytes, unpacked/],
    ["is nested without end", bytesOf("[".repeat(1e5) + "]".repeat(1e5)), /nested too deep/],
    ["is no text", Uint8Array.of(0xff, 0xfe, 0x00), /UTF-8/],
    [
      "has one other item",
      bytesOf(`${new TextDecoder().decode(lines)}\n{"question":"x"}`),
      /41 items/,
    ],
  ])("a copy that %s differs", async (_, bytes, reason) => {
    await put("copies/coordinate-other-ais.jsonl", bytes);
    const report = await bring(fromHub, null, copies());
    expect(report.failure?.message).toMatch(reason);
    expect(report.files).toMatchObject([{ match: "differs" }]);
  });

  it("nothing there: what was looked for", async () => {
    await put("copies/other/dataset.json", array); // of another set
    await put("copies/.hidden/coordinate-other-ais.jsonl", lines);
    const report = await bring(fromHub, null, copies());
    expect(report.failure).toMatchObject({ code: "not-found" });
    expect(report.failure?.message).toContain(
      "expected coordinate-other-ais.jsonl; or dataset.json in a folder coordinate-other-ais, somewhere in",
    );
  });

  it("no folder", async () => {
    await expect(bring(fromHub, null, copies())).rejects.toMatchObject({ code: "not-found" });
  });
});

describe("what lies under a final name", () => {
  it("and differs is taken away from it, and fetched anew", async () => {
    await put("original/raw/refusal/dataset.json", others);
    const report = await bring(fromGitHub, await start());
    expect(report.complete).toBe(true);
    expect(report.files.map(({ how, match }) => [how, match])).toEqual([
      ["downloaded", "exact"],
      ["present", "differs"],
    ]);
    expect(await content("raw/refusal/dataset.json")).toEqual(array);
  });

  it("and is no file fails its set alone", async () => {
    await mkdir(join(dir, "raw/refusal/dataset.json"), { recursive: true });
    const hub = await start();
    const reports = await bringSources([fromGitHub, unpinned], {
      dir,
      cacheDir: join(folder, "cache"),
      hubEndpoint: hub.endpoint,
      gitHubEndpoint: hub.endpoint,
    });
    expect(reports.map(({ complete }) => complete)).toEqual([false, true]);
    expect(reports[0]?.failure?.message).toContain("dataset.json: expected a regular file");
  });

  it("and has no pin is compared with its record, though a download failed since", async () => {
    await bring(unpinned, await start());
    await writeFile(join(dir, "raw/mmlu/test.parquet"), bytesOf("PAR1 something else PAR1"));
    await rm(join(folder, "cache"), { recursive: true });
    const away = await bring(unpinned, await start({ answer: answering(404) }));
    expect(away).toMatchObject({ complete: false });
    await writeFile(join(dir, "raw/mmlu/test.parquet"), bytesOf("PAR1 something else PAR1"));
    const again = await bring(unpinned, await start());
    expect(again.files.map(({ match }) => match)).toEqual(["no-pin", "differs"]);
  });

  it("and was put there by hand is taken when it is right", async () => {
    await put("original/raw/refusal/dataset.json.gz", gzipSync(array));
    const report = await bring(fromGitHub, "http://127.0.0.1:1");
    expect(report.files).toMatchObject([
      { name: "dataset.json.gz", match: "exact", how: "present", origin: "found in place" },
    ]);
  });

  it("a record that is none is not overwritten", async () => {
    await put("original/raw/sources.json", bytesOf('{"formatVersion":2}'));
    await expect(bring(fromGitHub, await start())).rejects.toMatchObject({ code: "invalid-file" });
  });
});

it("unknown names are refused with the nearest", async () => {
  const options = { dir, cacheDir: folder, names: ["mlmu"] };
  await expect(downloadSources(options)).rejects.toThrow(/Did you mean "mmlu"\?/);
  await expect(inspectSources(dir, ["refusals"])).rejects.toThrow(/Did you mean "refusal"\?/);
});

it("an empty folder has nothing, and is left alone", async () => {
  const states = await inspectSources(dir);
  expect(new Set(states.map(({ state }) => state))).toEqual(new Set(["missing"]));
  expect(await tree()).toEqual([]);
});

const real = process.env["CAA_TEST_DATA"];
describe.skipIf(real === undefined)("the real originals", () => {
  it("are all accepted as they lie there, and again where they were put", async () => {
    const options = { dir, cacheDir: folder, from: real };
    const reports = await downloadSources(options);
    const found = reports.filter(({ complete }) => complete);
    expect(found.flatMap(({ files }) => files.map(({ match }) => match))).not.toContain("differs");
    expect(
      Object.fromEntries(found.map(({ set, files }) => [set, files.map(({ match }) => match)])),
    ).toEqual({
      "coordinate-other-ais": ["exact"],
      "corrigible-neutral-HHH": ["exact"],
      hallucination: ["same-items"],
      "myopic-reward": ["exact"],
      "survival-instinct": ["exact"],
      sycophancy: ["exact", "same-items"],
      refusal: ["exact"],
    });
    const states = await inspectSources(dir);
    expect(states.filter(({ state }) => state === "complete")).toHaveLength(7);
    expect(await tree()).not.toContainEqual(expect.stringContaining("differs"));
  }, 60_000);

  it("of Anthropic are accepted under the reference's name", async () => {
    const from = join(real ?? "", "caa");
    const names = [
      "coordinate-other-ais",
      "corrigible-neutral-HHH",
      "myopic-reward",
      "survival-instinct",
    ];
    const reports = await downloadSources({ dir, cacheDir: folder, from, names });
    expect(reports.flatMap(({ files }) => files.map(({ name, match }) => [name, match]))).toEqual(
      names.map(() => ["dataset.json", "same-items"]),
    );
  });
});
