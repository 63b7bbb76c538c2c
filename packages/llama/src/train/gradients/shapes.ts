import type { Value } from "../../graph/graph-builder.ts";
import type { TapeNode } from "./tape.ts";

/** A size as far as it is known before the graph runs: a number times named sizes, such as `3*S`. */
export interface Size {
  readonly count: number;
  /** Sorted. */
  readonly symbols: readonly string[];
}

type Sizes = readonly Size[];

/**
 * Shapes of values as far as they follow from the declared ones, so that gradients can leave out what would only matter
 * where an operand was repeated. What is not known is left undefined, and equal means proved equal.
 */
export class Shapes {
  readonly #shapes = new Map<Value, Sizes>();
  /** What is in int64 lists, such as shapes. */
  readonly #contents = new Map<Value, Sizes>();
  #unknown = 0;

  declare(value: Value, shape: ReadonlyArray<number | string>): void {
    this.#shapes.set(value, shape.map(size));
  }

  /** An int64 constant. */
  declareList(value: Value, numbers: readonly number[]): void {
    this.#contents.set(value, numbers.map(size));
    this.#shapes.set(value, [size(numbers.length)]);
  }

  /** The shape of `value`, where known, is that of `like`. */
  copy(value: Value, like: Value): void {
    const shape = this.#shapes.get(like);
    if (shape !== undefined) {
      this.#shapes.set(value, shape);
    }
  }

  /** How many axes `a` has before those of `b`, where the rest is known to be equal. */
  leadingAxes(a: Value, b: Value): number | undefined {
    const [x, y] = [this.#shapes.get(a), this.#shapes.get(b)];
    if (x === undefined || y === undefined || x.length < y.length) {
      return undefined;
    }
    const leading = x.length - y.length;
    return equalShapes(x.slice(leading), y) ? leading : undefined;
  }

  /** Follows one node, whose inputs were followed before. */
  follow(node: TapeNode): void {
    const contents = this.#contentsOf(node);
    const [output = ""] = node.outputs;
    if (contents !== undefined) {
      this.#contents.set(output, contents);
      this.#shapes.set(output, [size(contents.length)]);
      return;
    }
    if (node.opType === "Split") {
      this.#split(node);
      return;
    }
    const shape = this.#shapeOf(node);
    if (shape !== undefined) {
      this.#shapes.set(output, shape);
    }
  }

  #contentsOf({ opType, inputs, attributes }: TapeNode): Sizes | undefined {
    const lists = inputs.map((input) => this.#contents.get(input));
    const [list, picks] = lists;
    if (opType === "Shape") {
      const shape = this.#shapes.get(inputs[0] ?? "");
      return shape?.slice(whole(attributes["start"], 0), whole(attributes["end"], shape.length));
    }
    if (opType === "Gather" && list !== undefined && picks !== undefined) {
      const chosen = picks.map(({ count }) => list.at(count));
      return chosen.every((item) => item !== undefined) ? chosen : undefined;
    }
    if (opType === "Concat" && lists.every((part) => part !== undefined)) {
      return lists.flat();
    }
    return opType === "ReduceProd" && list !== undefined ? [product(list)] : undefined;
  }

  #split({ inputs, outputs, attributes }: TapeNode): void {
    const shape = this.#shapes.get(inputs[0] ?? "");
    const sizes = this.#contents.get(inputs[1] ?? "");
    if (shape === undefined) {
      return;
    }
    const axis = axisOf(whole(attributes["axis"], 0), shape.length);
    outputs.forEach((output, i) => {
      this.#shapes.set(output, shape.with(axis, sizes?.[i] ?? this.#fresh()));
    });
  }

  #shapeOf(node: TapeNode): Sizes | undefined {
    const { inputs, attributes } = node;
    const [a, b, c] = inputs.map((input) => this.#shapes.get(input));
    const list = this.#contents.get(inputs[1] ?? "");
    const flag = (name: string): boolean => whole(attributes[name], 0) === 1;
    switch (node.opType) {
      case "Cast":
      case "Exp":
      case "Identity":
      case "Log":
      case "LogSoftmax":
      case "Neg":
      case "QuickGelu":
      case "Reciprocal":
      case "RMSNormalization":
      case "RotaryEmbedding":
      case "Sigmoid":
      case "Softmax":
      case "Sqrt":
        return a;
      case "Add":
      case "Div":
      case "Mul":
      case "Pow":
      case "Sub":
        return this.#broadcast(a, b);
      case "Where":
        return this.#broadcast(this.#broadcast(a, b), c);
      case "Gemm":
      case "MatMul":
      case "FusedMatMul":
        return this.#matrixProduct(a, b, flag("transA"), flag("transB"));
      case "Gather": {
        const axis = whole(attributes["axis"], 0);
        return a === undefined || b === undefined || axis !== 0 ? undefined : [...b, ...a.slice(1)];
      }
      case "ConstantOfShape":
        return this.#contents.get(inputs[0] ?? "");
      case "Reshape":
        return list === undefined ? undefined : this.#reshape(a, list, flag("allowzero"));
      case "Tile":
        return list === undefined ? undefined : a?.map((x, i) => product([x, list[i] ?? size(1)]));
      case "Transpose": {
        const order = attributes["perm"];
        return typeof order === "object" && !("float" in order)
          ? order.map((axis) => a?.[axis] ?? this.#fresh())
          : undefined;
      }
      case "Unsqueeze":
        return a === undefined || list?.length !== 1
          ? undefined
          : a.toSpliced(axisOf(list[0]?.count ?? 0, a.length + 1), 0, size(1));
      case "Concat": {
        const parts = inputs.map((input) => this.#shapes.get(input));
        return this.#joined(parts, whole(attributes["axis"], 0));
      }
      case "ReduceMean":
      case "ReduceSum":
        return a === undefined || list === undefined || whole(attributes["keepdims"], 1) !== 1
          ? undefined
          : list.reduce<Sizes>(
              (shape, { count }) => shape.with(axisOf(count, a.length), size(1)),
              a,
            );
      default:
        return undefined;
    }
  }

  #fresh(): Size {
    return size(`?${this.#unknown++}`);
  }

  #broadcast(a: Sizes | undefined, b: Sizes | undefined): Sizes | undefined {
    if (a === undefined || b === undefined) {
      return undefined;
    }
    const rank = Math.max(a.length, b.length);
    return Array.from({ length: rank }, (_, i) => {
      const x = a[i - rank + a.length] ?? size(1);
      const y = b[i - rank + b.length] ?? size(1);
      if (equal(x, y) || equal(y, size(1))) {
        return x;
      }
      return equal(x, size(1)) ? y : this.#fresh();
    });
  }

  #matrixProduct(
    a: Sizes | undefined,
    b: Sizes | undefined,
    transA: boolean,
    transB: boolean,
  ): Sizes | undefined {
    const rows = a?.at(transA ? -1 : -2);
    const columns = b?.at(transB ? -2 : -1);
    const batch = this.#broadcast(a?.slice(0, -2), b?.slice(0, -2));
    return rows === undefined || columns === undefined || batch === undefined
      ? undefined
      : [...batch, rows, columns];
  }

  /** 0 is the size before (but for `allowZero`), -1 what is left. */
  #reshape(a: Sizes | undefined, list: Sizes, allowZero: boolean): Sizes {
    const known = list.map((x, i) =>
      isNumber(x, 0) && !allowZero ? (a?.[i] ?? this.#fresh()) : x,
    );
    const rest = product(known.filter((x) => !isNumber(x, -1)));
    return known.map((x) =>
      isNumber(x, -1)
        ? ((a === undefined ? undefined : quotient(product(a), rest)) ?? this.#fresh())
        : x,
    );
  }

  #joined(parts: ReadonlyArray<Sizes | undefined>, at: number): Sizes | undefined {
    const [first] = parts;
    if (first === undefined) {
      return undefined;
    }
    const axis = axisOf(at, first.length);
    const along = parts.map((part) => part?.[axis] ?? this.#fresh());
    const filled = along.filter((x) => !isNumber(x, 0));
    return first.with(axis, filled.length === 1 ? (filled[0] ?? size(0)) : this.#fresh());
  }
}

function size(value: number | string): Size {
  return typeof value === "number" ? { count: value, symbols: [] } : { count: 1, symbols: [value] };
}

function isNumber({ count, symbols }: Size, value: number): boolean {
  return count === value && symbols.length === 0;
}

function equal(a: Size, b: Size): boolean {
  return a.count === b.count && a.symbols.join("*") === b.symbols.join("*");
}

function equalShapes(a: Sizes, b: Sizes): boolean {
  return a.length === b.length && a.every((x, i) => equal(x, b[i] ?? size(-1)));
}

function product(sizes: Sizes): Size {
  return {
    count: sizes.reduce((count, x) => count * x.count, 1),
    symbols: sizes.flatMap(({ symbols }) => symbols).sort(),
  };
}

/** Undefined where it is not a number times named sizes. */
function quotient(a: Size, b: Size): Size | undefined {
  const symbols = [...a.symbols];
  for (const symbol of b.symbols) {
    const at = symbols.indexOf(symbol);
    if (at < 0) {
      return undefined;
    }
    symbols.splice(at, 1);
  }
  const count = a.count / b.count;
  return Number.isInteger(count) ? { count, symbols } : undefined;
}

function axisOf(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

function whole(attribute: unknown, byDefault: number): number {
  return typeof attribute === "number" ? attribute : byDefault;
}
