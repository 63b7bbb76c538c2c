import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

export interface FakeHub {
  readonly endpoint: string;
  /** `METHOD path`, with `range` behind where one was asked for; of both servers, in order. */
  readonly requests: readonly string[];
  /** Authorization headers seen by the hub, and by the server to which it sends for large files. */
  readonly authorization: {
    readonly hub: Set<string | undefined>;
    readonly content: Set<string | undefined>;
  };
  close(): Promise<void>;
}

export interface FakeHubOptions {
  /** @default "model" */
  readonly type?: "model" | "dataset";
  readonly id: string;
  readonly commit: string;
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** Files at plain addresses of the same server, by path without the first `/`. @default none */
  readonly plain?: Readonly<Record<string, Uint8Array>>;
  /** Answers before the rest of the hub; true when it did. */
  readonly answer?: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Of every answer with a large or plain file, sends this many bytes and cuts the connection. */
  readonly cutAfter?: (path: string, from: number) => number | undefined;
}

/** Files of this size and more are listed by SHA-256 and come from another server, as large files of the hub do. */
const LARGE = 1000;

export function etagOf(content: Uint8Array): string {
  return content.length >= LARGE
    ? createHash("sha256").update(content).digest("hex")
    : createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
}

/** A hub of one repository on the loopback interface, for tests: its facts, file list, files with ranges. */
export async function startFakeHub(options: FakeHubOptions): Promise<FakeHub> {
  const { type = "model", id, commit, files, plain = {}, answer, cutAfter } = options;
  const page = type === "model" ? `/${id}` : `/datasets/${id}`;
  const requests: string[] = [];
  const authorization = {
    hub: new Set<string | undefined>(),
    content: new Set<string | undefined>(),
  };
  const note = (request: IncomingMessage): string => {
    const path = (request.url ?? "").split("?")[0] ?? "";
    requests.push([request.method, path, request.headers.range].filter(Boolean).join(" "));
    return path;
  };

  const send = (
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    bytes: Uint8Array,
  ): void => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    if (from > 0 && from >= bytes.length) {
      response.writeHead(416, { "content-range": `bytes */${bytes.length}` }).end();
      return;
    }
    response.writeHead(from > 0 ? 206 : 200, {
      "content-length": bytes.length - from,
      ...(from > 0 ? { "content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {}),
    });
    const cut = cutAfter?.(path, from);
    if (cut === undefined) {
      response.end(bytes.subarray(from));
    } else {
      response.write(bytes.subarray(from, from + cut), () =>
        // Late enough that the client has taken what came: what it has not read is lost with the connection.
        setTimeout(() => response.destroy(), 150),
      );
    }
  };
  const content = await listen((request, response) => {
    const path = decodeURIComponent(note(request).slice(1));
    authorization.content.add(request.headers.authorization);
    send(request, response, path, files[path] ?? new Uint8Array());
  });
  const hub = await listen((request, response) => {
    const path = note(request);
    authorization.hub.add(request.headers.authorization);
    const json = (value: unknown): void => {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
    };
    if (answer?.(request, response) === true) {
      return;
    }
    const address = decodeURIComponent(path.slice(1));
    const file = plain[address];
    if (file !== undefined) {
      send(request, response, address, file);
      return;
    }
    if (path.startsWith(`/api/${type}s/${id}/revision/`)) {
      json({
        _id: "1",
        id,
        sha: commit,
        private: false,
        gated: false,
        lastModified: "2024-01-01T00:00:00.000Z",
      });
    } else if (path === `/api/${type}s/${id}/tree/${commit}`) {
      const all = new URL(request.url ?? "", "http://hub").searchParams.get("recursive") === "true";
      json(
        Object.entries(files)
          .filter(([name]) => all || !name.includes("/"))
          .map(([name, bytes]) => listed(name, bytes)),
      );
    } else if (path.startsWith(`${page}/resolve/${commit}/`)) {
      const name = decodeURIComponent(path.slice(`${page}/resolve/${commit}/`.length));
      const bytes = files[name];
      if (bytes !== undefined && bytes.length >= LARGE) {
        response.writeHead(302, { location: `${addressOf(content)}/${encodeURI(name)}` }).end();
      } else if (bytes === undefined) {
        response.writeHead(404, { "x-error-code": "EntryNotFound" }).end();
      } else {
        response.writeHead(200).end(bytes);
      }
    } else {
      response.writeHead(404, { "x-error-code": "RepoNotFound" }).end();
    }
  });

  return {
    endpoint: addressOf(hub),
    requests,
    authorization,
    close: async () => {
      for (const server of [hub, content]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

function listed(path: string, bytes: Uint8Array): unknown {
  const size = bytes.length;
  const oid = "0".repeat(40); // of the pointer file, where the content is large
  return size >= LARGE
    ? { type: "file", path, size, oid, lfs: { oid: etagOf(bytes), size, pointerSize: 134 } }
    : { type: "file", path, size, oid: etagOf(bytes) };
}

function listen(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Server> {
  const server = createServer(handler);
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(server));
  });
}

function addressOf(server: Server): string {
  const address = server.address();
  return typeof address === "object" && address !== null ? `http://127.0.0.1:${address.port}` : "";
}
