/** Number of inserted, deleted or replaced characters that turn `a` into `b` (Levenshtein). */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, x] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, y] of [...b].entries()) {
      const replaced = (row[j] ?? 0) + (x === y ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/**
 * The candidate closest to `word`, upper and lower case alike and `_` as `-`; null when none is near:
 * more than a third of the word, and more than two characters, would have to change, and it begins none of them.
 */
export function suggest(word: string, candidates: readonly string[]): string | null {
  const plain = (text: string): string => text.toLowerCase().replaceAll("_", "-");
  const target = plain(word);
  let best: { readonly name: string; readonly distance: number } | null = null;
  for (const name of candidates) {
    const distance = editDistance(target, plain(name));
    if (best === null || distance < best.distance) {
      best = { name, distance };
    }
  }
  if (best !== null && best.distance <= Math.max(2, target.length / 3)) {
    return best.name;
  }
  return candidates.find((name) => target.length >= 3 && plain(name).startsWith(target)) ?? null;
}
