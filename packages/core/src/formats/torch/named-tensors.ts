import { MAX_DEPTH, MAX_NODES } from "./limits.ts";
import { isDict } from "./pickle-containers.ts";
import { kindOf, type PickleValue, type TensorReference } from "./pickle-values.ts";
import { broken, refused, shown } from "./refuse.ts";

/**
 * The tensors of a value by their paths, in its order. Numbers, texts, truth values and None beside tensors are passed
 * over: they are what a file says about its tensors.
 * @throws {CaaError} invalid-file where there is none or two have one path; unsupported
 */
export function namedTensors(value: PickleValue): ReadonlyMap<string, TensorReference> {
  const tensors = new Map<string, TensorReference>();
  let nodes = 0;
  const visit = (node: PickleValue, path: string, depth: number): void => {
    nodes += 1;
    if (nodes > MAX_NODES || depth > MAX_DEPTH) {
      throw refused(
        `more than ${MAX_NODES} values, or values within ${MAX_DEPTH} others, as in a list that has itself in it`,
      );
    }
    if (node === null || typeof node !== "object") {
      return;
    }
    if (node.kind === "tensor") {
      if (tensors.has(path)) {
        throw broken(`two tensors are named ${shown(path)}`);
      }
      tensors.set(path, node);
      return;
    }
    if (node.kind === "storage" || node.kind === "global") {
      throw refused(`a ${kindOf(node)} where a tensor is expected`);
    }
    const children = isDict(node) ? node.entries : node.items.entries();
    for (const [key, child] of children) {
      visit(child, path === "" ? String(key) : `${path}.${key}`, depth + 1);
    }
  };
  visit(value, "", 0);
  if (tensors.size === 0) {
    throw broken(
      `expected a tensor, or a dict or list of tensors, got a ${kindOf(value)} without any`,
    );
  }
  return tensors;
}
