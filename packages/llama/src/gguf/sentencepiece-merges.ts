/**
 * Merges that build the pieces of a SentencePiece vocabulary, best first: every way to cut a piece in two pieces, by the
 * score of the whole (SentencePiece merges the pair whose whole has the highest score), then by the longer left part.
 * This is the order in which Hugging Face writes them.
 *
 * @param canMerge whether the piece of this id may come out of a merge or go into one: control tokens and bytes may not
 */
export function sentencePieceMerges(
  pieces: readonly string[],
  scores: readonly number[],
  canMerge: (id: number) => boolean,
): readonly (readonly [left: string, right: string])[] {
  const ids = new Map<string, number>();
  for (const [id, piece] of pieces.entries()) {
    if (canMerge(id)) {
      ids.set(piece, id);
    }
  }
  const merges = new Array<{ left: string; right: string; score: number; lengths: number[] }>();
  for (const [piece, id] of ids) {
    const characters = [...piece];
    let left = "";
    const cuts = new Array<{ left: string; right: string; ids: [number, number]; at: number }>();
    for (const [index, character] of characters.slice(0, -1).entries()) {
      left += character;
      const leftId = ids.get(left);
      const right = piece.slice(left.length);
      const rightId = leftId === undefined ? undefined : ids.get(right);
      if (leftId !== undefined && rightId !== undefined) {
        cuts.push({ left, right, ids: [leftId, rightId], at: index + 1 });
      }
    }
    cuts.sort((a, b) => a.ids[0] - b.ids[0] || a.ids[1] - b.ids[1]);
    for (const cut of cuts) {
      const lengths = [cut.at, characters.length - cut.at];
      merges.push({ left: cut.left, right: cut.right, score: scores[id] ?? 0, lengths });
    }
  }
  merges.sort(
    (a, b) =>
      b.score - a.score ||
      (b.lengths[0] ?? 0) - (a.lengths[0] ?? 0) ||
      (b.lengths[1] ?? 0) - (a.lengths[1] ?? 0),
  );
  return merges.map(({ left, right }) => [left, right] as const);
}
