import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { expect, it } from "vitest";
import { createProgram } from "./program.ts";
import { CliHarness } from "./testing/harness.ts";

/** What can be run, without the groups. */
function namesOf(command: Command, before: string): readonly string[] {
  const name = `${before}${command.name()}`;
  return command.commands.length === 0
    ? [name]
    : command.commands.flatMap((child) => namesOf(child, `${name} `));
}

it("the README has every command, and every exit code of the help", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  await using cli = await CliHarness.create([]);
  let names: readonly string[] = [];
  await cli.call(async (dependencies) => {
    names = namesOf(createProgram(dependencies), "");
    return 0;
  });
  expect(names).toContain("caa tune");
  expect(names.filter((name) => !new RegExp(`\`${name}[ \`]`).test(readme))).toEqual([]);
  const { stdout } = await cli.run("--help");
  const codes =
    /Exit codes: (.*)/
      .exec(stdout)?.[1]
      ?.split(", ")
      .map((code) => Number.parseInt(code)) ?? [];
  expect(codes).toContain(4);
  const line = /Exit codes: ([^.]*)\./.exec(readme)?.[1] ?? "";
  expect(line.split(", ").map((code) => Number.parseInt(code))).toEqual(codes);
});
