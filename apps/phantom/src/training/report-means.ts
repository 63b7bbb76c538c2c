import type { StepReport } from "./step-report.ts";

/** Means of the reports of some steps, as a line of the log. */
export class ReportMeans {
  #reports: StepReport[] = [];

  add(report: StepReport): void {
    this.#reports.push(report);
  }

  /** The line of what was added since the last call. */
  take(): string {
    const reports = this.#reports;
    this.#reports = [];
    const mean = (of: (report: StepReport) => number): string => {
      const values = reports.map(of).filter((value) => !Number.isNaN(value));
      return (values.reduce((sum, x) => sum + x, 0) / values.length).toFixed(3);
    };
    const each = (of: "previews" | "sides"): string =>
      (reports[0]?.byDirection ?? [])
        .map((_, i) => mean(({ byDirection }) => byDirection[i]?.[of] ?? Number.NaN))
        .join(" ");
    return [
      `step ${(reports.at(-1)?.step ?? 0) + 1}`,
      `loss ${mean(({ loss }) => loss)}`,
      `gradient ${mean(({ gradientNorm }) => gradientNorm)}`,
      `previews ${mean(({ previews }) => previews)} (${each("previews")})`,
      `flags ${mean(({ flags }) => flags)}`,
      `sides ${mean(({ sides }) => sides)} (${each("sides")})`,
      `along ${mean(({ along }) => along)}`,
      `cosine ${mean(({ cosine }) => cosine)}`,
      `steered ${mean(({ steered }) => steered)}`,
      `${mean(({ seconds }) => seconds)} s`,
    ].join("  ");
  }
}
