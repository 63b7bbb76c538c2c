export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1
    ? sorted[Math.floor(middle)]
    : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * An interval for the median, from order statistics alone: `[x(k), x(n + 1 - k)]` with the largest k for which
 * `P(Binomial(n, 1/2) < k) <= (1 - confidence) / 2`. Null where n is too small for any, as 5 for 95 %.
 */
export function medianInterval(values, confidence = 0.95) {
  const n = values.length;
  let below = 0; // P(Binomial(n, 1/2) < k)
  let term = 0.5 ** n; // P(Binomial(n, 1/2) = k)
  let k = 0;
  while (below + term <= (1 - confidence) / 2) {
    below += term;
    term *= (n - k) / (k + 1);
    k++;
  }
  const sorted = values.toSorted((a, b) => a - b);
  return k === 0 ? null : [sorted[k - 1], sorted[n - k]];
}

export function spread(values) {
  return {
    median: median(values),
    min: Math.min(...values),
    max: Math.max(...values),
    n: values.length,
  };
}
