import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadSteeringVectors } from "@caa/core/files";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const docs = join(root, "docs");
const readme = await readFile(join(root, "README.md"), "utf8");
const page = await readFile(join(docs, "readme-figures.md"), "utf8");

/** Pictures that a text shows, by name. */
const shownIn = (text: string): readonly string[] =>
  [...text.matchAll(/!\[[^\]]+\]\([^)]*?([^/)]+\.svg)\)/g)].map(([, name = ""]) => name);

/** Parts of the page, each with its commands. */
const sections = page.split("\n## ").slice(1);

test.each(shownIn(readme))("%s of the README has a command that makes it", (picture) => {
  const own = sections.filter((text) => text.includes(`[${picture}](pictures/${picture})`));
  expect(own).toHaveLength(1);
  expect(own[0]).toMatch(/^pnpm caa eval .*\n(?:.*\n)*?pnpm caa plot results/m);
});

test("every picture is on a page, with its figures or without, and there are no others", async () => {
  const files = await readdir(join(docs, "pictures"));
  const pages = (await readdir(docs)).filter((name) => name.endsWith(".md"));
  const texts = await Promise.all(pages.map((name) => readFile(join(docs, name), "utf8")));
  const shown = [readme, ...texts].flatMap(shownIn);
  const linked = [...page.matchAll(/\]\(pictures\/([^)]+)\)/g)].map(([, name]) => name);
  expect(shown.length).toBeGreaterThan(3);
  expect(files.filter((name) => name.endsWith(".svg")).toSorted()).toEqual(
    [...new Set(shown)].toSorted(),
  );
  expect(files.filter((name) => !linked.includes(name))).toEqual([]);
});

// Every training of the phantom makes another model: node scripts/readme-pictures.mjs makes its pictures and the table again.
test("the pictures of phantom are of the model that the ready vectors are of", async () => {
  const vectors = await loadSteeringVectors(join(root, "vectors/refusal/phantom.safetensors"));
  expect(/They show the model `(\w+)`/.exec(page)?.[1]).toBe(vectors.metadata.modelHash);
});

test("the table of phantom is that of its card", async () => {
  const card = await readFile(join(root, "packages/llama/phantom/README.md"), "utf8");
  const rows = (text: string): readonly string[] =>
    (/^\| behavior .*\n(?:\|.*\n)+/m.exec(text)?.[0] ?? "")
      .split("\n")
      .map((line) => line.replaceAll(/ +/g, " ").replaceAll(/-{3,}/g, "---"));
  expect(rows(card).length).toBeGreaterThan(8);
  expect(rows(readme)).toEqual(rows(card));
});
