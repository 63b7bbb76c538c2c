/** A column of a table. */
export interface ReportColumn {
  readonly title: string;
  /** Figures stand on the right. @default "left" */
  readonly align?: "left" | "right";
}

/** One thing on a page. All text is plain text: it is shown as it is, markup in it too. */
export type Block =
  /** A paragraph. */
  | { readonly kind: "text"; readonly text: string }
  /** A paragraph that stands out: a result, or with `warning` what makes it doubtful. */
  | { readonly kind: "note"; readonly text: string; readonly warning?: boolean }
  | { readonly kind: "list"; readonly items: readonly string[] }
  /** Names with their values, such as settings. */
  | {
      readonly kind: "facts";
      readonly facts: ReadonlyArray<readonly [name: string, value: string]>;
    }
  /** With `long` cells hold sentences: on a narrow screen each row becomes a block, instead of a table to be moved. */
  | {
      readonly kind: "table";
      readonly columns: readonly ReportColumn[];
      readonly rows: ReadonlyArray<readonly string[]>;
      readonly caption?: string;
      readonly long?: boolean;
    }
  /** A picture as SVG text. */
  | { readonly kind: "figure"; readonly svg: string; readonly caption: string }
  /** Lines as they are typed. */
  | { readonly kind: "code"; readonly text: string };

export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** A page of text, tables and pictures. */
export interface Report {
  readonly title: string;
  /** What stands below the title, before the sections. */
  readonly lead?: readonly Block[];
  readonly sections: readonly Section[];
}
