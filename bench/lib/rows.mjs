import { rates, ratios } from "./alternate.mjs";
import { medianInterval, spread } from "./statistics.mjs";

/** A bound that a figure has to keep: `least` or `most`. */
export const least = (what, value, bound) => check(what, value, bound, "least");
export const most = (what, value, bound) => check(what, value, bound, "most");

function check(what, value, bound, kind) {
  const met = value === null ? null : kind === "least" ? value >= bound : value <= bound;
  return { what, kind, value, bound, met };
}

/**
 * A line of the table: our rate beside a peer's.
 *
 * @param inverse whether the ratio is of times, ours over the peer's, not of rates
 * @param limit the share of the physical limit that our median reaches, where there is one
 * @param checks called with `{ ratio, interval }` of the line
 */
export function comparison({
  work,
  unit,
  ours,
  peer,
  peerName,
  inverse = false,
  limit = null,
  note = "",
  checks,
}) {
  const row = { work, unit, ours: null, peer: null, peerName, ratio: null, interval: null, limit };
  if (rates(ours).length > 0) {
    row.ours = spread(rates(ours));
  }
  if (peer && rates(peer).length > 0) {
    row.peer = spread(rates(peer));
    const each = inverse ? ratios(peer, ours) : ratios(ours, peer);
    if (each.length > 0) {
      row.ratio = spread(each);
      row.interval = medianInterval(each);
    }
  }
  const errors = [ours.error, peer?.error].filter(Boolean);
  return {
    ...row,
    checks: checks({ ratio: row.ratio?.median ?? null, interval: row.interval, limit }),
    note: [note, ...errors.map((error) => `failed: ${error}`)].filter(Boolean).join("; "),
  };
}

/** A line of one figure, such as seconds or bytes: the spread of its values. */
export const figure = ({ work, unit, values, limit = null, note = "", checks = [] }) => ({
  work,
  unit,
  ours: spread(values),
  peer: null,
  peerName: null,
  ratio: null,
  interval: null,
  limit,
  checks,
  note,
});

/** The share of the physical limit, in seconds an item, that the median rate reaches; null when a side never ran. */
export function shareOfLimit(result, secondsAtLimit) {
  const values = rates(result);
  return values.length === 0 ? null : secondsAtLimit * spread(values).median;
}

/** The side with the highest median rate. */
export const fastest = (results) =>
  Object.entries(results)
    .filter(([, result]) => rates(result).length > 0)
    .toSorted(([, a], [, b]) => spread(rates(b)).median - spread(rates(a)).median)[0] ?? [
    null,
    { runs: [], error: null },
  ];
