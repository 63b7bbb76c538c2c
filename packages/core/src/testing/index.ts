export { FakeModel } from "./fake-model.ts";
export type { FakeModelOptions } from "./fake-model.ts";
export { madeUpVectors } from "./made-up-vectors.ts";
