/**
 * The program that reads a parquet file, as text: its process starts from source and from the built package alike. It is
 * JavaScript (CommonJS), gets `{hyparquet, columns, maxRows, maxTotalBytes}` as JSON and the file on its input, and writes
 * its answer serialized by `node:v8`.
 *
 * The parser believes the sizes that a file states and allocates them. Its process may die of it, but memory outside its
 * heap has no limit of its own; so within it constructors of arrays take from one budget, and a file that lies about
 * its sizes ends in an error.
 */
export const PARQUET_PROGRAM = `
const { serialize } = require("node:v8");
const { hyparquet, columns, maxRows, maxTotalBytes } = JSON.parse(process.argv[1]);

let left = maxTotalBytes;
const take = (size) => {
  left -= size;
  if (left < 0) throw new RangeError("it needs more than " + maxTotalBytes + " bytes to unpack");
};
const limitArrays = () => {
  const names = ["Array", "Uint8Array", "Int32Array", "Uint32Array", "Float32Array", "Float64Array", "BigInt64Array", "BigUint64Array"];
  for (const name of names) {
    const plain = globalThis[name];
    const limited = new Proxy(plain, {
      construct(target, args, newTarget) {
        if (args.length === 1 && typeof args[0] === "number") take(args[0] * (plain.BYTES_PER_ELEMENT ?? 8));
        return Reflect.construct(target, args, newTarget === limited ? target : newTarget);
      },
    });
    globalThis[name] = limited;
  }
};

const weigh = (value) => {
  if (typeof value === "string") take(2 * value.length);
  else if (value !== null && typeof value === "object") for (const part of Object.values(value)) weigh(part);
};

(async () => {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const bytes = new Uint8Array(Buffer.concat(chunks));
  limitArrays();
  const { parquetMetadata, parquetReadObjects, parquetSchema } = await import(hyparquet);
  const metadata = parquetMetadata(bytes);
  const there = parquetSchema(metadata).children.map(({ element }) => String(element.name));
  const missing = columns.filter((name) => !there.includes(name));
  if (missing.length > 0) {
    return { missing: missing[0], there: there.slice(0, 20) };
  }
  const counts = [metadata.num_rows, ...metadata.row_groups.map((group) => group.num_rows)].map(Number);
  const bad = counts.find((count) => !(Number.isSafeInteger(count) && count >= 0 && count <= maxRows));
  const sum = counts.slice(1).reduce((total, count) => total + count, 0);
  if (bad !== undefined || sum !== counts[0]) {
    return { error: "it states " + (bad ?? counts[0]) + " rows" + (bad === undefined ? " while its parts have " + sum : "") };
  }
  const file = {
    byteLength: bytes.byteLength,
    slice: (start, end = bytes.byteLength) => {
      take(Math.max(0, end - start));
      return bytes.buffer.slice(start, end);
    },
  };
  const rows = await parquetReadObjects({ file, metadata, columns });
  if (rows.length !== counts[0]) {
    return { error: "it states " + counts[0] + " rows and has " + rows.length };
  }
  weigh(rows);
  return { rows };
})().then(
  (answer) => process.stdout.write(serialize(answer)),
  (error) => process.stdout.write(serialize({ error: error instanceof Error ? error.message : String(error) })),
);
`;
