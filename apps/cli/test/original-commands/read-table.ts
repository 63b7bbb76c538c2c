/** A row of docs/original-commands.md. */
export interface CommandRow {
  /** One command, or several that one of ours stands for. */
  readonly original: readonly string[];
  /** As it is typed, `caa` first. */
  readonly here: string;
  /** Paths from the working folder, `*` for any part of a name. */
  readonly writes: readonly string[];
}

const HEAD = ["the original", "here", "what it writes"];

/** The rows of all tables of commands in a Markdown text. @throws {Error} for a cell that is not one command or some paths */
export function readCommandRows(markdown: string): readonly CommandRow[] {
  const rows: CommandRow[] = [];
  let inTable = false;
  for (const line of markdown.split("\n")) {
    const cells = line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim());
    if (cells.every((cell) => /^:?-+:?$/.test(cell))) {
      inTable &&= cells.length > 0;
    } else if (cells.join() === HEAD.join()) {
      inTable = true;
    } else if (inTable) {
      rows.push(readRow(cells, line));
    }
  }
  return rows;
}

function readRow(cells: readonly string[], line: string): CommandRow {
  const [original = [], [here, ...more] = [], writes = []] = cells.map((cell) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code),
  );
  if (
    cells.length !== HEAD.length ||
    original.length === 0 ||
    here?.startsWith("caa ") !== true ||
    more.length > 0 ||
    writes.length === 0
  ) {
    throw new Error(`expected commands of the original, one of ours and paths, got ${line}`);
  }
  return { original, here, writes };
}
