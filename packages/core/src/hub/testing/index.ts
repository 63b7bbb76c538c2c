export { etagOf, startFakeHub } from "./fake-hub.ts";
export type { FakeHub, FakeHubOptions } from "./fake-hub.ts";
