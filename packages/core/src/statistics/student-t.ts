import { CaaError } from "../errors/caa-error.ts";

/** Beyond these the tail is of no use for an interval, and float64 cannot tell p from 1. */
const SMALLEST_TAIL = 1e-12;
/** The time grows with the root of this; the distribution is the normal one to nine digits long before. */
const MAX_DEGREES_OF_FREEDOM = 1e9;
const EPSILON = 2 ** -53;

/**
 * Quantile of Student's t distribution: the `t` with `P(T <= t) = p`. Good to 1e-8, relative and absolute.
 * @param p in [1e-12, 1 - 1e-12]
 * @param degreesOfFreedom in [1, 1e9], whole or not
 * @throws {CaaError} invalid-argument
 * @example studentTQuantile(0.975, 10) // 2.228138851964...
 */
export function studentTQuantile(p: number, degreesOfFreedom: number): number {
  if (!(p >= SMALLEST_TAIL && p <= 1 - SMALLEST_TAIL)) {
    throw new CaaError(
      "invalid-argument",
      `studentTQuantile: expected p in [1e-12, 1 - 1e-12], got ${p}`,
    );
  }
  if (!(degreesOfFreedom >= 1 && degreesOfFreedom <= MAX_DEGREES_OF_FREEDOM)) {
    const expected = "expected degrees of freedom in [1, 1e9]";
    throw new CaaError(
      "invalid-argument",
      `studentTQuantile: ${expected}, got ${degreesOfFreedom}`,
    );
  }
  if (p === 0.5) {
    return 0;
  }
  const tail = Math.min(p, 1 - p);
  let low = 0;
  let high = 1;
  while (upperTail(high, degreesOfFreedom) > tail) {
    low = high;
    high *= 2;
  }
  let t = (low + high) / 2;
  // Newton on the tail, and bisection where Newton would leave the bracket.
  for (let step = 0; step < 200 && high - low > 4 * EPSILON * high; step++) {
    const excess = upperTail(t, degreesOfFreedom) - tail;
    if (excess > 0) {
      low = t;
    } else {
      high = t;
    }
    const newton = t + excess / density(t, degreesOfFreedom);
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - t) <= 4 * EPSILON * t) {
      t = next;
      break;
    }
    t = next;
  }
  return p < 0.5 ? -t : t;
}

/** `log(Γ(a + 1/2) / Γ(a))` by its asymptotic series, reached from small `a` with `Γ(a + 1) = a Γ(a)`. */
function logGammaRatio(a: number): number {
  let shift = 0;
  let x = a;
  for (; x < 30; x++) {
    shift += Math.log(x / (x + 0.5));
  }
  const y = 1 / (x * x);
  return shift + 0.5 * Math.log(x) - (1 / 8 - (1 / 192 - (1 / 640 - (17 / 14336) * y) * y) * y) / x;
}

/** `Γ((v+1)/2) / (sqrt(v π) Γ(v/2)) (1 + t²/v)^(-(v+1)/2)` */
function density(t: number, v: number): number {
  return Math.exp(
    logGammaRatio(v / 2) - 0.5 * Math.log(v * Math.PI) - ((v + 1) / 2) * Math.log1p((t * t) / v),
  );
}

/** `P(T > t)` for t > 0: half the regularized incomplete beta function `I_x(v/2, 1/2)` at `x = v / (v + t²)`. */
function upperTail(t: number, v: number): number {
  const square = t * t;
  const a = v / 2;
  const x = v / (v + square);
  const y = square / (v + square); // 1 - x, without cancellation
  // x^a y^(1/2) / B(a, 1/2)
  const front = Math.exp(
    -a * Math.log1p(square / v) + 0.5 * Math.log(y) + logGammaRatio(a) - 0.5 * Math.log(Math.PI),
  );
  // The fraction converges fast on this side of the mean of the beta distribution only.
  return x < (a + 1) / (a + 2.5)
    ? (front * betaFraction(a, 0.5, x)) / a / 2
    : 0.5 - (front * betaFraction(0.5, a, y)) / 0.5 / 2;
}

/** Continued fraction of the incomplete beta function (DLMF 8.17.22), evaluated by the modified Lentz method. */
function betaFraction(a: number, b: number, x: number): number {
  const tiny = 1e-300;
  const away = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1, change = 0; Math.abs(change - 1) > EPSILON && m < 1_000_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    change = d * c;
    result *= change;
  }
  return result;
}
