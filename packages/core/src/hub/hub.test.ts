import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { hostname, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createRandom } from "../random/random.ts";
import { downloadFile } from "./download-file.ts";
import { fetchIntoCache, findInCache } from "./fetch-into-cache.ts";
import { HubCache } from "./hub-cache.ts";
import { HubClient, type HubClientOptions } from "./hub-client.ts";
import type { HubRepo } from "./repo.ts";
import { etagOf, type FakeHub, type FakeHubOptions, startFakeHub } from "./testing/fake-hub.ts";
import { urlDownload, type UrlDownloadOptions } from "./url-download.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const REPO: HubRepo = { type: "dataset", id: "acme/questions", revision: "main" };
const QUICK = { idleMs: 100, windowMs: 50, minBytesPerWindow: 100 };

const random = createRandom(1);
const bytes = (length: number): Uint8Array =>
  Uint8Array.from({ length }, () => random.integer(256));
const small = bytes(200);
const large = bytes(5000);
const files = { "README.md": small, "a folder/part 1.jsonl": large, "a folder/two/x.json": small };

let folder = "";
let sleeps: number[] = [];
const hubs: FakeHub[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "caa-hub-"));
  sleeps = [];
});
afterEach(async () => {
  await Promise.all(hubs.splice(0).map((hub) => hub.close()));
  await rm(folder, { recursive: true, force: true });
});

async function start(options: Partial<FakeHubOptions> = {}): Promise<FakeHub> {
  const hub = await startFakeHub({ ...REPO, commit: COMMIT, files, ...options });
  hubs.push(hub);
  return hub;
}

const sleep = async (milliseconds: number): Promise<unknown> => sleeps.push(milliseconds);

function clientOf({ endpoint }: FakeHub, options: Partial<HubClientOptions> = {}): HubClient {
  return new HubClient({ repo: REPO, endpoint, sleep, ...options });
}

describe("a data set of the hub", () => {
  test("has its own paths, a list with folders, and its own folder in the cache", async () => {
    const hub = await start();
    const client = clientOf(hub);
    const commit = await client.commit();
    const list = await client.files(commit, { recursive: true });
    expect(list.map(({ path }) => path).sort()).toEqual(Object.keys(files).sort());
    expect((await client.files(commit)).map(({ path }) => path)).toEqual(["README.md"]);
    const cache = new HubCache(folder, REPO);
    for (const file of list) {
      await fetchIntoCache(client, cache, commit, file);
    }
    const snapshot = join(folder, "datasets--acme--questions", "snapshots", COMMIT);
    for (const [name, content] of Object.entries(files)) {
      expect(new Uint8Array(await readFile(join(snapshot, name)))).toEqual(content);
    }
    expect(await readlink(join(snapshot, "a folder/two/x.json"))).toBe(
      join("..", "..", "..", "..", "blobs", etagOf(small)),
    );
    expect(hub.requests).toContain(
      `GET /datasets/acme/questions/resolve/${COMMIT}/a%20folder/part%201.jsonl`,
    );
    expect(hub.requests[0]).toBe("GET /api/datasets/acme/questions/revision/main");
  });

  test("damaged in the cache is fetched again, where hashes are looked at", async () => {
    const client = clientOf(await start());
    const cache = new HubCache(folder, REPO);
    const file = { path: "README.md", size: small.length, etag: etagOf(small) };
    const path = await fetchIntoCache(client, cache, COMMIT, file);
    await writeFile(path, new Uint8Array(small.length));
    await fetchIntoCache(client, cache, COMMIT, file);
    expect(new Uint8Array(await readFile(path))).toEqual(new Uint8Array(small.length));
    await fetchIntoCache(client, cache, COMMIT, file, { verify: true });
    expect(new Uint8Array(await readFile(path))).toEqual(small);
  });

  test("is found in the cache without the hub, unless it is damaged or was never there", async () => {
    const client = clientOf(await start());
    const cache = new HubCache(folder, REPO);
    const file = { path: "a folder/part 1.jsonl", size: large.length, etag: etagOf(large) };
    expect(await findInCache(cache, COMMIT, file.path)).toBeUndefined();
    const path = await fetchIntoCache(client, cache, COMMIT, file);
    expect(await findInCache(cache, COMMIT, file.path)).toBe(path);
    await writeFile(path, new Uint8Array(large.length));
    expect(await findInCache(cache, COMMIT, file.path)).toBeUndefined();
    // Where there are no links nothing says the hash.
    await rm(path);
    await writeFile(path, large);
    expect(await findInCache(cache, COMMIT, file.path)).toBe(path);
  });

  test("comes whole to all who fetch it at once", async () => {
    const hub = await start({ cutAfter: (_, from) => (from < 3000 ? 1600 : undefined) });
    const file = { path: "a folder/part 1.jsonl", size: large.length, etag: etagOf(large) };
    const paths = await Promise.all(
      [1, 2, 3, 4].map(() =>
        fetchIntoCache(clientOf(hub), new HubCache(folder, REPO), COMMIT, file),
      ),
    );
    for (const path of paths) {
      expect(new Uint8Array(await readFile(path))).toEqual(large);
    }
    expect(await readdir(join(folder, "datasets--acme--questions", "blobs"))).toEqual([file.etag]);
  });

  test("goes on from the part of a process that was killed, not from that of one that runs", async () => {
    const hub = await start();
    const file = { path: "a folder/part 1.jsonl", size: large.length, etag: etagOf(large) };
    const blobs = join(folder, "datasets--acme--questions", "blobs");
    const child = spawnSync(process.execPath, ["-e", ""]);
    const host = hostname().replaceAll(/[^\w.]/g, "_");
    await mkdir(blobs, { recursive: true });
    const partOf = (pid: number): string => join(blobs, `${file.etag}.incomplete.${host}-${pid}-1`);
    await writeFile(partOf(process.ppid), large.subarray(0, 100));
    await writeFile(partOf(child.pid), large.subarray(0, 1234));
    await fetchIntoCache(clientOf(hub), new HubCache(folder, REPO), COMMIT, file);
    expect(hub.requests.at(-1)).toContain("bytes=1234-");
    expect(await readdir(blobs)).toEqual([file.etag, basename(partOf(process.ppid))]);
  });

  test("without a place in the cache is an error that names the place", async () => {
    const client = clientOf(await start());
    await writeFile(join(folder, "file"), "");
    const cache = new HubCache(join(folder, "file"), REPO);
    const file = { path: "README.md", size: small.length, etag: etagOf(small) };
    await expect(fetchIntoCache(client, cache, COMMIT, file)).rejects.toMatchObject({
      code: "io",
      message: expect.stringContaining(join(folder, "file")),
    });
  });

  test("that is shorter than its list says is not taken", async () => {
    const client = clientOf(await start());
    const file = { path: "README.md", size: small.length + 1, etag: etagOf(small) };
    const cache = new HubCache(folder, REPO);
    await expect(fetchIntoCache(client, cache, COMMIT, file)).rejects.toThrow(
      /the connection ended at byte 200 of 201|does not go on from byte 200/,
    );
    expect(await findInCache(cache, COMMIT, file.path)).toBeUndefined();
  });

  test("whose list goes on at another server does not send its token there", async () => {
    const other = await start();
    const hub = await start({
      answer: (request, response) => {
        const list = request.url?.includes("/tree/") === true;
        if (list) {
          const next = `<${other.endpoint}${request.url}>; rel="next"`;
          response.writeHead(200, { link: next }).end("[]");
        }
        return list;
      },
    });
    expect(await clientOf(hub, { token: "hf_secret" }).files(COMMIT)).toHaveLength(1);
    expect([...hub.authorization.hub]).toEqual(["Bearer hf_secret"]);
    expect([...other.authorization.hub]).toEqual([undefined]);
  });

  test("whose list never ends is no answer of a hub", async () => {
    const hub: FakeHub = await start({
      answer: (request, response) => {
        const next = `<http://${request.headers.host}${request.url}>; rel="next"`;
        response.writeHead(200, { link: next }).end("[]");
        return true;
      },
    });
    await expect(clientOf(hub).files(COMMIT)).rejects.toThrow(/another form/);
    expect(hub.requests).toHaveLength(100);
  });

  test("is not the model of the same name", async () => {
    await expect(clientOf(await start({ type: "model" })).commit()).rejects.toMatchObject({
      code: "not-found",
      message: expect.stringContaining("data set acme/questions: no such data set on the hub"),
    });
  });

  test("that is gated names its page", async () => {
    const hub = await start({
      answer: (_, response) => {
        response.writeHead(401, { "x-error-code": "GatedRepo" }).end();
        return true;
      },
    });
    await expect(clientOf(hub).commit()).rejects.toMatchObject({
      code: "access-denied",
      message: expect.stringContaining(`${hub.endpoint}/datasets/acme/questions`),
    });
    expect(sleeps).toEqual([]);
  });

  test.each(["../../x", "a/../../x", "/etc/x", "a//b", "a\\b", "."])(
    "whose list has the path %j is no answer of a hub",
    async (path) => {
      const client = clientOf(
        await start({
          answer: (request, response) => {
            const list = request.url?.includes("/tree/") === true;
            if (list) {
              const entry = { type: "file", path, size: 1, oid: "0".repeat(40) };
              response.writeHead(200).end(JSON.stringify([entry]));
            }
            return list;
          },
        }),
      );
      await expect(client.files(COMMIT)).rejects.toThrow(/another form/);
    },
  );

  test.each([
    { ...REPO, id: "acme" },
    { ...REPO, id: "../x" },
    { ...REPO, revision: "../../x" },
  ])("%j has no place in the cache", (repo) => {
    expect(() => new HubCache(folder, repo)).toThrow(/hub cache: expected organization\/name/);
  });
});

describe("waiting", () => {
  const failing = (
    times: number,
    status: number,
    headers: Readonly<Record<string, string>>,
  ): NonNullable<FakeHubOptions["answer"]> => {
    let left = times;
    return (_, response) => {
      left -= 1;
      if (left >= 0) {
        response.writeHead(status, headers).end("no");
      }
      return left >= 0;
    };
  };

  test.each([
    [429, { "retry-after": "7" }, [7000]],
    [
      503,
      { "retry-after": "Thu, 01 Jan 2026 00:00:09 GMT", date: "Thu, 01 Jan 2026 00:00:00 GMT" },
      [9000],
    ],
    [429, { "retry-after": "0" }, [500]],
    [429, {}, [500]],
    [500, {}, [500]],
  ])("%d with %j is tried again after %j ms", async (status, headers, expected) => {
    const client = clientOf(await start({ answer: failing(1, status, { ...headers }) }));
    expect(await client.commit()).toBe(COMMIT);
    expect(sleeps).toEqual(expected);
  });

  test("longer than two minutes is the user's to decide", async () => {
    const client = clientOf(await start({ answer: failing(9, 429, { "retry-after": "3600" }) }));
    await expect(client.commit()).rejects.toMatchObject({
      code: "download-failed",
      message: expect.stringContaining("asks to wait 3600 s"),
    });
    expect(sleeps).toEqual([]);
  });

  test("a server that takes the request and says nothing", async () => {
    const client = clientOf(await start({ answer: () => true }), { limits: QUICK });
    await expect(client.commit(2)).rejects.toMatchObject({
      code: "download-failed",
      message: expect.stringContaining("did not answer within 0.1 s"),
    });
    expect(sleeps).toEqual([500]);
  });

  test("a list that is cut in the middle is asked for again", async () => {
    let left = 2;
    const hub = await start({
      answer: (request, response) => {
        left -= request.url?.includes("/tree/") === true ? 1 : 0;
        if (request.url?.includes("/tree/") !== true || left < 0) {
          return false;
        }
        response.writeHead(200, { "content-length": "1000" });
        response.write("[", () => response.destroy());
        return true;
      },
    });
    expect(await clientOf(hub).files(COMMIT)).toHaveLength(1);
    expect(sleeps).toEqual([500, 1000]);
  });
});

describe("a file at a plain address", () => {
  const download = (
    hub: FakeHub,
    options: Partial<UrlDownloadOptions> = {},
    path = "x/data.json",
  ): Promise<void> =>
    downloadFile(
      urlDownload(`${hub.endpoint}/${path}`, {
        name: "data.json",
        maxBytes: 10_000,
        compared: true,
        sleep,
        ...options,
      }),
      join(folder, "data.json"),
      () => undefined,
    );
  const content = async (): Promise<Uint8Array> =>
    new Uint8Array(await readFile(join(folder, "data.json")));
  const plain = { "x/data.json": large };

  test("goes on where it was cut, though its size is not known beforehand", async () => {
    const hub = await start({
      plain,
      cutAfter: (_, from) => (from < 4000 ? 2000 : undefined),
    });
    await download(hub);
    expect(await content()).toEqual(large);
    expect(hub.requests).toEqual([
      "GET /x/data.json",
      "GET /x/data.json bytes=2000-",
      "GET /x/data.json bytes=4000-",
    ]);
  });

  test("goes on in a later run; what is whole already is only compared", async () => {
    const hub = await start({ plain });
    await writeFile(join(folder, "data.json.incomplete"), large.subarray(0, 700));
    await download(hub);
    expect(await content()).toEqual(large);
    await writeFile(join(folder, "data.json.incomplete"), large);
    await download(hub, { hash: etagOf(large) });
    expect(hub.requests).toEqual(["GET /x/data.json bytes=700-", "GET /x/data.json bytes=5000-"]);
    expect(await readdir(folder)).toEqual(["data.json"]);
  });

  test("begins anew when what is here is longer than what is there", async () => {
    const hub = await start({ plain });
    await writeFile(join(folder, "data.json.incomplete"), new Uint8Array(6000));
    await download(hub);
    expect(await content()).toEqual(large);
  });

  test("begins anew when the server goes on from another byte", async () => {
    const hub = await start({
      plain,
      answer: (request, response) => {
        const range = request.headers.range !== undefined;
        if (range) {
          response.writeHead(206, { "content-range": "bytes 600-4999/5000" });
          response.end(large.subarray(600));
        }
        return range;
      },
    });
    await writeFile(join(folder, "data.json.incomplete"), large.subarray(0, 700));
    await download(hub);
    expect(await content()).toEqual(large);
    expect(hub.requests).toEqual(["GET /x/data.json bytes=700-", "GET /x/data.json"]);
  });

  test("of which the server sends a piece at a time comes whole", async () => {
    const hub = await start({
      answer: (request, response) => {
        const from = Number(/\d+/.exec(request.headers.range ?? "")?.[0] ?? 0);
        const end = Math.min(from + 2000, large.length);
        response.writeHead(206, { "content-range": `bytes ${from}-${end - 1}/${large.length}` });
        response.end(large.subarray(from, end));
        return true;
      },
    });
    await download(hub);
    expect(await content()).toEqual(large);
  });

  test("begins anew when the server goes on in compressed bytes", async () => {
    const hub = await start({
      plain,
      answer: (request, response) => {
        const range = request.headers.range !== undefined;
        if (range) {
          const headers = { "content-range": "bytes 700-999/1000", "content-encoding": "gzip" };
          response.writeHead(206, headers).end(small);
        }
        return range;
      },
    });
    await writeFile(join(folder, "data.json.incomplete"), large.subarray(0, 700));
    await download(hub);
    expect(await content()).toEqual(large);
  });

  test("that nothing is compared with is never put together from two answers", async () => {
    const hub = await start({ plain, cutAfter: (_, from) => (from < 4000 ? 2000 : undefined) });
    await writeFile(join(folder, "data.json.incomplete"), small);
    await expect(download(hub, { compared: false })).rejects.toThrow(/after 5 tries, run again$/);
    expect(hub.requests).toEqual(Array.from({ length: 5 }, () => "GET /x/data.json"));
  });

  test("large and always cut is given up too", async () => {
    const huge = new Uint8Array(2_100_000);
    const hub = await start({ plain: { "x/data.json": huge }, cutAfter: () => 1_200_000 });
    await expect(download(hub, { compared: false, maxBytes: huge.length })).rejects.toThrow(
      /gave up on data.json after 5 tries/,
    );
  });

  test("of a hash that is not the expected one never gets its name", async () => {
    const hub = await start({ plain });
    await expect(download(hub, { hash: etagOf(small.slice(0, 100)) })).rejects.toThrow(/damaged/);
    expect(await readdir(folder)).toEqual([]);
  });

  test("larger than allowed is refused, without a second try", async () => {
    await expect(download(await start({ plain }), { maxBytes: 4999 })).rejects.toThrow(
      /expected at most 4999 bytes, the server sends more/,
    );
    expect(sleeps).toEqual([]);
    expect(await stat(join(folder, "data.json.incomplete"))).toMatchObject({ size: 0 });
  });

  test("is followed where it moved, without end it is given up", async () => {
    const moved = await start({
      plain,
      answer: (request, response) => {
        const old = request.url === "/old";
        if (old || request.url === "/loop") {
          response.writeHead(302, { location: old ? "/x/data.json" : "/loop" }).end();
        }
        return old || request.url === "/loop";
      },
    });
    await download(moved, {}, "old");
    expect(await content()).toEqual(large);
    await expect(download(moved, {}, "loop")).rejects.toMatchObject({ code: "download-failed" });
  });

  test.each([
    [404, "not-found", /there is no such file \(404\)/],
    [410, "not-found", /there is no such file \(410\)/],
    [401, "access-denied", /access is denied \(401\)/],
    [400, "download-failed", /answered 400/],
  ])("status %d is %s at once", async (status, code, message) => {
    const hub = await start({
      answer: (_, response) => {
        response.writeHead(status).end();
        return true;
      },
    });
    await expect(download(hub)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
    expect(sleeps).toEqual([]);
  });

  const dripping =
    (everyMs: number, size: number): NonNullable<FakeHubOptions["answer"]> =>
    (_, response: ServerResponse) => {
      response.writeHead(200, { "content-length": large.length });
      let at = 0;
      const timer = setInterval(() => {
        response.write(large.subarray(at, at + size));
        at += size;
      }, everyMs);
      response.on("close", () => clearInterval(timer));
      return true;
    };

  test("that stops coming is asked for again, and given up in the end", async () => {
    const hub = await start({
      answer: (_, response) => {
        response.writeHead(200, { "content-length": large.length });
        response.write(large.subarray(0, 10));
        return true;
      },
    });
    await expect(download(hub, { limits: QUICK })).rejects.toThrow(
      /nothing came for 0.1 s; gave up on data.json after 5 tries, run again/,
    );
    expect(hub.requests).toHaveLength(5);
  });

  test("that only drips is given up by its rate, by the clock that is given", async () => {
    let time = 0;
    const limits = { idleMs: 10_000, windowMs: 60_000, minBytesPerWindow: 1000 };
    const now = (): number => (time += 10_000); // every piece takes ten seconds
    const hub = await start({ answer: dripping(2, 20) });
    await expect(download(hub, { limits, now })).rejects.toThrow(
      /expected at least 1000 bytes in 60 s, got \d+; gave up/,
    );
  });

  test("that is slow but steady comes", async () => {
    let time = 0;
    const limits = { idleMs: 10_000, windowMs: 60_000, minBytesPerWindow: 1000 };
    const hub = await start({ answer: dripping(2, 500) });
    await download(hub, { limits, now: () => (time += 10_000) });
    expect(await content()).toEqual(large);
  });

  test.each(["http://bob:secret@x/y", "ftp://bob:secret@x/y", "http://bob:secret@"])(
    "%j is refused without its password in the message",
    (address) => {
      const make = (): unknown => urlDownload(address, { name: "x", maxBytes: 1 });
      expect(make).toThrow(/expected an (http\(s\) )?address/);
      expect(make).not.toThrow(/secret/);
      expect(() => new HubClient({ repo: REPO, endpoint: address })).not.toThrow(/secret/);
    },
  );

  test.each(["ftp://x/y", "x/y", "file:///etc/passwd", ""])("%j is no address", (address) => {
    expect(() => urlDownload(address, { name: "x", maxBytes: 1 })).toThrow(
      /expected an http\(s\) address/,
    );
  });
});
