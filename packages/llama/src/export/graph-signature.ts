import { fromBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema, TensorProto_DataType, type ValueInfoProto } from "onnx-buf";

/** An input or output of a graph. */
export interface GraphValue {
  readonly name: string;
  readonly type: string;
  /** Sizes, or the names of those that a run decides. */
  readonly shape: ReadonlyArray<number | string>;
}

/** What a program has to know of a graph to run it. */
export interface GraphSignature {
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  /** Version of each operator set, by domain; ONNX's own has the name `ai.onnx`. */
  readonly opsets: Readonly<Record<string, number>>;
  /** Operators beyond ONNX's own, by domain. */
  readonly contribOperators: Readonly<Record<string, readonly string[]>>;
}

const TYPES: ReadonlyMap<number, string> = new Map([
  [TensorProto_DataType.FLOAT, "float32"],
  [TensorProto_DataType.INT64, "int64"],
]);

/** Reads it from the bytes of a model. */
export function graphSignature(bytes: Uint8Array): GraphSignature {
  const { graph, opsetImport } = fromBinary(ModelProtoSchema, bytes);
  const contrib = new Map<string, Set<string>>();
  for (const { domain, opType } of graph?.node ?? []) {
    if (domain !== "") {
      contrib.set(domain, (contrib.get(domain) ?? new Set()).add(opType));
    }
  }
  return {
    inputs: (graph?.input ?? []).map(valueOf),
    outputs: (graph?.output ?? []).map(valueOf),
    opsets: Object.fromEntries(
      opsetImport.map(({ domain, version }) => [domain || "ai.onnx", Number(version)]),
    ),
    contribOperators: Object.fromEntries(
      [...contrib].map(([domain, names]) => [domain, [...names].sort()]),
    ),
  };
}

function valueOf({ name, type }: ValueInfoProto): GraphValue {
  const tensor = type?.value.case === "tensorType" ? type.value.value : undefined;
  const dims = tensor?.shape?.dim ?? [];
  return {
    name,
    type: TYPES.get(tensor?.elemType ?? 0) ?? "?",
    shape: dims.map(({ value }) =>
      value.case === "dimValue" ? Number(value.value) : (value.value ?? "?"),
    ),
  };
}
