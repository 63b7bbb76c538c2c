import { create, toBinary } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataLocation,
  TensorProto_DataType,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
  type AttributeProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from "onnx-buf";

/** The name of a tensor in the graph. */
export type Value = string;

/** A whole number, a list of whole numbers, a text, or a float, which ONNX keeps apart from whole numbers. */
export type Attribute = number | readonly number[] | string | { readonly float: number };

export type ElementType = "float32" | "float16" | "bfloat16" | "uint8" | "int32" | "int64";

/** Where the bytes of a weight are. */
export interface ExternalTensor {
  /** Absolute path with all links resolved: the runtime refuses anything else. */
  readonly file: string;
  /** In bytes from the start of the file. */
  readonly offset: number;
  readonly byteLength: number;
  readonly type: ElementType;
  readonly shape: readonly number[];
}

const dataTypes: Record<ElementType, TensorProto_DataType> = {
  float32: TensorProto_DataType.FLOAT,
  float16: TensorProto_DataType.FLOAT16,
  bfloat16: TensorProto_DataType.BFLOAT16,
  uint8: TensorProto_DataType.UINT8,
  int32: TensorProto_DataType.INT32,
  int64: TensorProto_DataType.INT64,
};

/** Opset 23 is the first with RMSNormalization; the runtime reads up to 26. */
const OPSET = 23n;
const IR_VERSION = 10n;
export const CONTRIB = "com.microsoft";

/** Collects the nodes of an ONNX graph in the order in which they are written down. */
export class GraphBuilder {
  readonly #nodes: NodeProto[] = [];
  readonly #inputs: ValueInfoProto[] = [];
  readonly #outputs: ValueInfoProto[] = [];
  readonly #initializers = new Map<Value, TensorProto>();
  #counter = 0;

  input(name: string, type: ElementType, shape: ReadonlyArray<number | string>): Value {
    this.#inputs.push(valueInfo(name, type, shape));
    return name;
  }

  /** Makes `value` an output of the graph under the name `name`. */
  output(
    name: string,
    value: Value,
    type: ElementType,
    shape: ReadonlyArray<number | string>,
  ): void {
    this.#nodes.push(
      create(NodeProtoSchema, { opType: "Identity", input: [value], output: [name] }),
    );
    this.#outputs.push(valueInfo(name, type, shape));
  }

  /** One node with one output. An empty input name leaves an optional input out. */
  op(
    opType: string,
    inputs: readonly Value[],
    attributes: Readonly<Record<string, Attribute>> = {},
    domain: "" | typeof CONTRIB = "",
  ): Value {
    return this.node(opType, inputs, 1, attributes, domain)[0] ?? "";
  }

  /** Splits `value` along `axis` into two parts of the sizes in the int64 tensor `sizes`. */
  splitInTwo(
    value: Value,
    sizes: Value,
    axis: number,
  ): { readonly first: Value; readonly second: Value } {
    const [first = "", second = ""] = this.node("Split", [value, sizes], 2, { axis }, "");
    return { first, second };
  }

  /** The `count` (1) largest values along the last axis, the largest first, and where they are, int64. */
  topK(value: Value, count: Value): { readonly values: Value; readonly indices: Value } {
    const [values = "", indices = ""] = this.node("TopK", [value, count], 2, { axis: -1 }, "");
    return { values, indices };
  }

  /** Every node with named outputs is made here. */
  protected node(
    opType: string,
    inputs: readonly Value[],
    outputCount: number,
    attributes: Readonly<Record<string, Attribute>>,
    domain: string,
  ): Value[] {
    const name = `${opType}.${this.#counter++}`;
    const output = Array.from({ length: outputCount }, (_, i) => `${name}:${i}`);
    const attribute = Object.entries(attributes).map(([key, value]) => attributeProto(key, value));
    this.#nodes.push(
      create(NodeProtoSchema, { name, opType, domain, input: [...inputs], output, attribute }),
    );
    return output;
  }

  /** A constant list of whole numbers, such as a shape; equal lists are one tensor. */
  ints(...values: readonly number[]): Value {
    return this.#int64(`ints.${values.join(",")}`, values, [values.length]);
  }

  /** A constant scalar whole number. */
  int(value: number): Value {
    return this.#int64(`int.${value}`, [value], []);
  }

  /** A constant scalar float32. */
  float(value: number): Value {
    const name = `float.${value}`;
    if (!this.#initializers.has(name)) {
      this.#initializers.set(
        name,
        create(TensorProtoSchema, {
          name,
          dataType: TensorProto_DataType.FLOAT,
          floatData: [value],
        }),
      );
    }
    return name;
  }

  #int64(name: string, values: readonly number[], dims: readonly number[]): Value {
    if (!this.#initializers.has(name)) {
      this.#initializers.set(
        name,
        create(TensorProtoSchema, {
          name,
          dims: dims.map(BigInt),
          dataType: TensorProto_DataType.INT64,
          int64Data: values.map(BigInt),
        }),
      );
    }
    return name;
  }

  /** A weight that stays in its file; the runtime maps or reads it from there. */
  external(name: string, tensor: ExternalTensor): Value {
    if (!this.#initializers.has(name)) {
      const facts = {
        // Relative to the root folder, which the session names as the folder of external data.
        location: tensor.file.replace(/^([A-Za-z]:)?[\\/]/, ""),
        offset: String(tensor.offset),
        length: String(tensor.byteLength),
      };
      this.#initializers.set(
        name,
        create(TensorProtoSchema, {
          name,
          dims: tensor.shape.map(BigInt),
          dataType: dataTypes[tensor.type],
          dataLocation: TensorProto_DataLocation.EXTERNAL,
          externalData: Object.entries(facts).map(([key, value]) =>
            create(StringStringEntryProtoSchema, { key, value }),
          ),
        }),
      );
    }
    return name;
  }

  /** The whole model as the bytes of a ModelProto. */
  build(): Uint8Array {
    return toBinary(
      ModelProtoSchema,
      create(ModelProtoSchema, {
        irVersion: IR_VERSION,
        producerName: "@caa/llama",
        opsetImport: [
          create(OperatorSetIdProtoSchema, { domain: "", version: OPSET }),
          create(OperatorSetIdProtoSchema, { domain: CONTRIB, version: 1n }),
        ],
        graph: create(GraphProtoSchema, {
          name: "steered-llama",
          node: this.#nodes,
          input: this.#inputs,
          output: this.#outputs,
          initializer: [...this.#initializers.values()],
        }),
      }),
    );
  }
}

function attributeProto(name: string, value: Attribute): AttributeProto {
  if (typeof value === "number") {
    return create(AttributeProtoSchema, {
      name,
      type: AttributeProto_AttributeType.INT,
      i: BigInt(value),
    });
  }
  if (typeof value === "string") {
    return create(AttributeProtoSchema, {
      name,
      type: AttributeProto_AttributeType.STRING,
      s: new TextEncoder().encode(value),
    });
  }
  if ("float" in value) {
    return create(AttributeProtoSchema, {
      name,
      type: AttributeProto_AttributeType.FLOAT,
      f: value.float,
    });
  }
  return create(AttributeProtoSchema, {
    name,
    type: AttributeProto_AttributeType.INTS,
    ints: value.map(BigInt),
  });
}

function valueInfo(
  name: string,
  type: ElementType,
  shape: ReadonlyArray<number | string>,
): ValueInfoProto {
  const dim = shape.map((size) =>
    create(TensorShapeProto_DimensionSchema, {
      value:
        typeof size === "number"
          ? { case: "dimValue", value: BigInt(size) }
          : { case: "dimParam", value: size },
    }),
  );
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, {
      value: {
        case: "tensorType",
        value: create(TypeProto_TensorSchema, {
          elemType: dataTypes[type],
          shape: create(TensorShapeProtoSchema, { dim }),
        }),
      },
    }),
  });
}
