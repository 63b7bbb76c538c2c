import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const packages = {
  "@caa/core": "packages/core",
  "@caa/datasets": "packages/datasets",
  "@caa/llama": "packages/llama",
  "@caa/scoring": "packages/scoring",
  "@caa/eval": "packages/eval",
  "@caa/cli": "apps/cli",
};
const entries = [
  "@caa/core",
  "@caa/core/files",
  "@caa/core/gguf",
  "@caa/core/hub",
  "@caa/core/hub/testing",
  "@caa/core/testing",
  "@caa/datasets",
  "@caa/llama",
  "@caa/eval",
  "@caa/eval/plots",
  "@caa/scoring",
  "@caa/scoring/testing",
];
const built = Object.values(packages).every((folder) => existsSync(join(root, folder, "dist")));
const MINUTES = 60_000;

const execute = promisify(execFile);
/** Runs a program to its end; what it printed, or its output as the error. */
async function run(program: string, args: readonly string[], cwd: string): Promise<string> {
  const { stdout } = await execute(program, args, { cwd, maxBuffer: 1 << 26 });
  return stdout;
}

// These look at what would be published, so they need a build; `pnpm test` builds first.
describe.skipIf(!built)("packages as published", () => {
  let folder = "";
  const tarballs: Record<string, string> = {};

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "caa-packaging-"));
    for (const [name, path] of Object.entries(packages)) {
      await run("npx", ["-y", "pnpm@10", "pack", "--pack-destination", folder], join(root, path));
      const prefix = name.replace("@", "").replace("/", "-");
      const file = (await readdir(folder)).find(
        (entry) => entry.startsWith(`${prefix}-`) && entry.endsWith(".tgz"),
      );
      tarballs[name] = file ?? `no tarball of ${name}`;
    }
    const files = Object.fromEntries(
      Object.entries(tarballs).map(([name, file]) => [name, `file:./${file}`]),
    );
    // Overrides, since the packages ask one another for versions that no registry has yet.
    const manifest = {
      name: "empty",
      private: true,
      type: "module",
      dependencies: files,
      overrides: files,
    };
    await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
    await run(
      "npm",
      ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"],
      folder,
    );
  }, 5 * MINUTES);

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it.each(Object.keys(packages))("%s carries no workspace range, and its license", async (name) => {
    const tarball = tarballs[name] ?? "";
    const manifest = await run("tar", ["-xzOf", tarball, "package/package.json"], folder);
    expect(manifest).not.toContain("workspace:");
    const list = await run("tar", ["-tzf", tarball], folder);
    expect(list).toContain("package/LICENSE");
    expect(list).toContain("package/README.md");
    // A random Llama for trials is all that comes along of the sources and tests.
    expect(list).not.toMatch(/package\/(src\/|test\/(?!fixtures\/models\/grouped-heads\/))/);
  });

  it(
    "every entry point is imported from an empty project",
    async () => {
      const script = entries.map(
        (entry) =>
          `console.log(${JSON.stringify(entry)}, typeof (await import(${JSON.stringify(entry)})));`,
      );
      await writeFile(join(folder, "all.mjs"), script.join("\n"));
      const output = await run(process.execPath, ["all.mjs"], folder);
      expect(output.trim().split("\n")).toEqual(entries.map((entry) => `${entry} object`));
    },
    2 * MINUTES,
  );

  it(
    "the command prints its help and runs its demo",
    async () => {
      expect(await run("npx", ["--no-install", "caa", "--help"], folder)).toContain("caa");
      const demo = await run("npx", ["--no-install", "caa", "demo"], folder);
      expect(demo).toMatch(/Planted after layer 5:\s+found\./);
    },
    2 * MINUTES,
  );

  it(
    "every entry point has types, and they are not any",
    async () => {
      const lines = entries.map(
        (entry, index) => `import * as entry${index} from ${JSON.stringify(entry)};`,
      );
      // A module without types would make this line legal, and its mark unused.
      const checks = entries.map(
        (_, index) => `// @ts-expect-error: no such export\nentry${index}.thereIsNoSuchExport;`,
      );
      await writeFile(join(folder, "all.ts"), [...lines, ...checks, ""].join("\n"));
      const options = [
        "--noEmit",
        "--strict",
        "--module",
        "nodenext",
        "--target",
        "es2023",
        "--lib",
        "es2023,esnext.disposable,dom",
        "--types",
        "node",
      ];
      const compiler = join(root, "node_modules/typescript/bin/tsc");
      const typeRoots = ["--typeRoots", join(root, "node_modules/@types"), "--skipLibCheck"];
      expect(
        await run(process.execPath, [compiler, ...options, ...typeRoots, "all.ts"], folder),
      ).toBe("");
    },
    2 * MINUTES,
  );

  it("@caa/core makes a browser bundle without Node built-ins", async () => {
    const result = await build({
      stdin: { contents: 'export * from "@caa/core";', resolveDir: folder },
      bundle: true,
      platform: "browser",
      format: "esm",
      write: false,
      metafile: true,
      logLevel: "silent",
    });
    const inputs = Object.keys(result.metafile.inputs);
    expect(inputs.some((path) => path.includes("@caa/core/dist/"))).toBe(true);
    expect(result.metafile.outputs["<stdout>"]?.imports ?? []).toEqual([]);
  });
});
