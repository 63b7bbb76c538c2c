import { loadavg } from "node:os";

/**
 * Runs every side once a round, in order and then in reverse, so that what drifts hits all alike. A side that fails is left
 * out from then on; the others go on.
 *
 * @param sides each `{ name, run }`, where `run` resolves to `{ count, seconds }` and may add facts
 * @returns by the name of a side: `{ runs, error }`, where `runs[round]` is null when the side failed
 */
export async function alternate(sides, rounds, log = () => {}) {
  const results = Object.fromEntries(sides.map(({ name }) => [name, { runs: [], error: null }]));
  for (let round = 0; round < rounds; round++) {
    for (const { name, run } of round % 2 === 0 ? sides : sides.toReversed()) {
      const result = results[name];
      if (result.error === null) {
        try {
          result.runs[round] = { ...(await run(round)), load: loadavg()[0] };
          log(`round ${round + 1} of ${rounds}, ${name}: ${describe(result.runs[round])}`);
        } catch (error) {
          result.error = messageOf(error);
          log(`round ${round + 1} of ${rounds}, ${name} FAILED: ${result.error}`);
        }
      }
      result.runs[round] ??= null;
    }
  }
  return results;
}

export const messageOf = (error) => (error instanceof Error ? error.message : String(error));

/** Items a second of the rounds in which a side ran. */
export const rates = ({ runs }) =>
  runs.filter((run) => run !== null).map(({ count, seconds }) => count / seconds);

/** How many times as fast `a` was as `b`, of each round in which both ran. */
export function ratios(a, b) {
  return a.runs.flatMap((run, round) => {
    const other = b.runs[round];
    return run === null || other === null || other === undefined
      ? []
      : [run.count / run.seconds / (other.count / other.seconds)];
  });
}

function describe({ count, seconds }) {
  return `${count} in ${seconds.toFixed(2)} s, ${(count / seconds).toFixed(2)} a second`;
}
