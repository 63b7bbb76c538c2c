/** Seconds that the work took. */
export async function timed(work) {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/**
 * Checks that all texts of the sides of a comparison are those of the first call, so that all did the same work.
 *
 * @returns given generations, the tokens in them
 */
export function sameTokens() {
  let expected;
  return (made) => {
    const tokens = made.map((text) => text.tokens.join()).join("\n");
    expected ??= tokens;
    if (tokens !== expected) {
      throw new Error("expected the same texts with and without steering, got others");
    }
    return made.reduce((sum, text) => sum + text.tokens.length, 0);
  };
}
