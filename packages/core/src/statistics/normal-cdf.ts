/** Beyond this the tail is below the rounding of 1. */
const FARTHEST = 8.3;

/**
 * Distribution function of the standard normal: `Φ(x) = 1/2 + φ(x) sum_k x^(2k+1) / (1·3·5···(2k+1))`, good to 1e-15
 * absolute, and in [0, 1]. Infinity is allowed.
 * @example normalCdf(1.96) // 0.9750021...
 */
export function normalCdf(x: number): number {
  if (Math.abs(x) > FARTHEST) {
    return x < 0 ? 0 : 1;
  }
  let sum = x;
  let term = x;
  for (let odd = 3, last = Number.NaN; sum !== last; odd += 2) {
    last = sum;
    term *= (x * x) / odd;
    sum += term;
  }
  const p = 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
  return Math.min(1, Math.max(0, p)); // far out the rounding is more than the tail
}
