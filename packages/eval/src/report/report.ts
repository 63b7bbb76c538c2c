/** A column of a table. */
export interface ReportColumn {
  readonly title: string;
  /** Figures stand on the right. @default "left" */
  readonly align?: "left" | "right";
}

/** A piece of text on a color. */
export interface Patch {
  readonly text: string;
  /** Behind the text, as `#rrggbb`; the text is black or white on it, whichever reads better. @default none */
  readonly color?: string;
  /** What a pointer that rests on it shows. @default nothing */
  readonly hover?: string;
  /** Bold. @default false */
  readonly strong?: boolean;
  /** Whether a new line begins after it, in running text. @default false */
  readonly endsLine?: boolean;
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
  /** Running text in pieces, such as tokens. */
  | { readonly kind: "patches"; readonly patches: readonly Patch[]; readonly caption?: string }
  /** A table of patches whose first column stays while the rest moves; `dense` cells have a color and no text. */
  | {
      readonly kind: "grid";
      readonly rowTitle: string;
      /** Columns that belong together have one title over all of them. */
      readonly groups: ReadonlyArray<{
        readonly title: string;
        readonly columns: readonly string[];
      }>;
      readonly rows: ReadonlyArray<{ readonly title: string; readonly cells: readonly Patch[] }>;
      readonly caption?: string;
      readonly dense?: boolean;
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
