import { parquetWriteBuffer } from "hyparquet-writer";

type WriteOptions = Parameters<typeof parquetWriteBuffer>[0];
type Schema = NonNullable<WriteOptions["schema"]>;
export type Codec = NonNullable<WriteOptions["codec"]>;

export interface MadeTruthfulQa {
  readonly question: string | null;
  readonly best_answer: string | null;
  readonly incorrect_answers: ReadonlyArray<string | null>;
  readonly category: string;
}

export interface MadeMmlu {
  readonly question: string;
  readonly subject: string;
  readonly choices: readonly string[];
  readonly answer: number;
}

const texts = (name: string): Schema[number] => ({
  name,
  type: "BYTE_ARRAY",
  converted_type: "UTF8",
  repetition_type: "OPTIONAL",
});
const lists = (name: string): Schema => [
  { name, repetition_type: "OPTIONAL", converted_type: "LIST", num_children: 1 },
  { name: "list", repetition_type: "REPEATED", num_children: 1 },
  texts("element"),
];

/** A file in the schema of the TruthfulQA data set, config `generation`. */
export function madeTruthfulQa(
  rows: readonly MadeTruthfulQa[],
  codec: Codec = "SNAPPY",
): Uint8Array<ArrayBuffer> {
  const column = (name: keyof MadeTruthfulQa) => ({ name, data: rows.map((row) => row[name]) });
  return write(
    [
      texts("type"),
      texts("category"),
      texts("question"),
      texts("best_answer"),
      ...lists("correct_answers"),
      ...lists("incorrect_answers"),
      texts("source"),
    ],
    [
      { name: "type", data: rows.map(() => "Adversarial") },
      column("category"),
      column("question"),
      column("best_answer"),
      { name: "correct_answers", data: rows.map((row) => [row.best_answer]) },
      column("incorrect_answers"),
      { name: "source", data: rows.map(() => "made up") },
    ],
    codec,
  );
}

/** A file in the schema of the MMLU data set, config `all`. */
export function madeMmlu(
  rows: readonly MadeMmlu[],
  codec: Codec = "SNAPPY",
): Uint8Array<ArrayBuffer> {
  return write(
    [
      texts("question"),
      texts("subject"),
      ...lists("choices"),
      { name: "answer", type: "INT64", repetition_type: "OPTIONAL" },
    ],
    [
      { name: "question", data: rows.map((row) => row.question) },
      { name: "subject", data: rows.map((row) => row.subject) },
      { name: "choices", data: rows.map((row) => row.choices) },
      { name: "answer", data: rows.map((row) => BigInt(row.answer)) },
    ],
    codec,
  );
}

function write(
  columns: Schema,
  columnData: ReadonlyArray<{ readonly name: string; readonly data: readonly unknown[] }>,
  codec: Codec,
): Uint8Array<ArrayBuffer> {
  const schema = [{ name: "root", num_children: columnData.length }, ...columns];
  const data = columnData.map((column) => ({ name: column.name, data: [...column.data] }));
  return new Uint8Array(parquetWriteBuffer({ schema, columnData: data, codec }));
}
