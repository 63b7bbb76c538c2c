/** What plots of results can be told. */
export interface ResultPlotsOptions {
  /** Of plots at one layer. @default in each plot the layer where the score changes most */
  readonly layer?: number | undefined;
  /** Of every picture; the one that it would have had begins its subtitle, so that pictures stay apart. */
  readonly title?: string | undefined;
}
