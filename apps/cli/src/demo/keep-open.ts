import type { SteerableModel } from "@caa/core";

/** The same model with all that it can do, which its users cannot dispose of: its owner does. */
export function keepOpen(model: SteerableModel): SteerableModel {
  const stay = async (): Promise<void> => {};
  return new Proxy(model, {
    get(target, key) {
      if (key === "dispose" || key === Symbol.asyncDispose) {
        return stay;
      }
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
