import { MAX_RANK } from "./limits.ts";
import { isDict, setItems } from "./pickle-containers.ts";
import {
  isCount,
  isEmptyDict,
  kindOf,
  type PickleDict,
  type PickleGlobal,
  type PickleValue,
  type TensorReference,
  tupleItems,
} from "./pickle-values.ts";
import { broken, refused, shown } from "./refuse.ts";
import { STORAGE_TYPES } from "./storage-types.ts";

const TENSOR = "torch._utils._rebuild_tensor_v2";
const PARAMETER = "torch._utils._rebuild_parameter";
const ORDERED_DICT = "collections.OrderedDict";

const KNOWN = new Set<string>([TENSOR, PARAMETER, ORDERED_DICT, ...STORAGE_TYPES]);

/** A name of Python, refused unless it is one of those of tensors. */
export function knownGlobal(module: PickleValue, name: PickleValue): PickleGlobal {
  if (typeof module !== "string" || typeof name !== "string") {
    throw broken(`its pickle names a global by a ${kindOf(module)} and a ${kindOf(name)}`);
  }
  const full = `${module}.${name}`;
  if (!KNOWN.has(full)) {
    throw refused(`its pickle names ${shown(full)}; known are ${[...KNOWN].join(", ")}`);
  }
  return { kind: "global", name: full };
}

/** What a known function makes of its arguments. */
export function reduce(callable: PickleValue, args: PickleValue): PickleValue {
  const name = typeof callable === "object" && callable?.kind === "global" ? callable.name : "";
  switch (name) {
    case TENSOR:
      return rebuildTensor(args);
    case PARAMETER:
      return rebuildParameter(args);
    case ORDERED_DICT:
      return rebuildOrderedDict(args);
    default:
      throw refused(`its pickle calls a ${kindOf(callable)}`);
  }
}

/** Attributes of an OrderedDict, such as the `_metadata` of a module's state, are passed over. */
export function build(state: PickleValue, of: PickleValue): void {
  if (typeof of !== "object" || of?.kind !== "OrderedDict" || !isDict(state)) {
    throw refused(`its pickle sets attributes of a ${kindOf(of)} by a ${kindOf(state)}`);
  }
}

/** (storage, offset, shape, strides, requires grad, hooks[, metadata]) */
function rebuildTensor(args: PickleValue): TensorReference {
  const [storage, offset, shape, strides, requiresGrad, hooks, metadata = null] =
    tupleItems(args, [6, 7]) ?? [];
  const sizes = counts(shape);
  const steps = counts(strides);
  if (
    typeof storage !== "object" ||
    storage?.kind !== "storage" ||
    !isCount(offset) ||
    sizes === undefined ||
    steps === undefined ||
    sizes.length !== steps.length ||
    typeof requiresGrad !== "boolean"
  ) {
    throw broken(
      `a tensor is not made of a storage, an offset, up to ${MAX_RANK} sizes and as many strides`,
    );
  }
  if (!isEmptyDict(hooks) || !(metadata === null || isEmptyDict(metadata))) {
    throw refused("a tensor with hooks or with metadata, such as a negated view");
  }
  return { kind: "tensor", storage, offset, shape: sizes, strides: steps };
}

/** (tensor, requires grad, hooks) */
function rebuildParameter(args: PickleValue): TensorReference {
  const [tensor, requiresGrad, hooks] = tupleItems(args, [3]) ?? [];
  if (
    typeof tensor !== "object" ||
    tensor?.kind !== "tensor" ||
    typeof requiresGrad !== "boolean" ||
    !isEmptyDict(hooks)
  ) {
    throw refused("a parameter that is not made of a tensor alone");
  }
  return tensor;
}

/** Lists that a dict was made of. Python 2 writes one for each; one for many would be work without bytes of its own. */
const spent = new WeakSet<readonly PickleValue[]>();

/** () or, of Python 2, ([[key, value], ...]) */
function rebuildOrderedDict(args: PickleValue): PickleDict {
  const dict: PickleDict = { kind: "OrderedDict", entries: new Map() };
  const [pairs] = tupleItems(args, [0, 1]) ?? [null];
  if (pairs === undefined) {
    return dict;
  }
  if (typeof pairs !== "object" || pairs?.kind !== "list") {
    throw broken("an OrderedDict is not made of a list of pairs");
  }
  if (spent.has(pairs.items)) {
    throw refused("several OrderedDicts that are made of one list");
  }
  spent.add(pairs.items);
  for (const pair of pairs.items) {
    const isPair = typeof pair === "object" && (pair?.kind === "list" || pair?.kind === "tuple");
    if (!isPair || pair.items.length !== 2) {
      throw broken("an OrderedDict is not made of a list of pairs");
    }
    setItems(pair.items, dict);
  }
  return dict;
}

function counts(value: PickleValue | undefined): readonly number[] | undefined {
  const items = typeof value === "object" && value?.kind === "tuple" ? value.items : undefined;
  return items !== undefined && items.length <= MAX_RANK && items.every(isCount)
    ? items
    : undefined;
}
