/** The end of an axis around 0 that holds all values, in steps that read well; at most 1. */
export function symmetricLimit(values: readonly number[]): number {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return [0.1, 0.2, 0.4, 0.6, 0.8].find((step) => largest <= step) ?? 1;
}
