import { join } from "node:path";
import { expect, test } from "vitest";
import { hubCacheDirectory } from "./cache-directory.ts";

test("the hub cache follows the environment", () => {
  expect(hubCacheDirectory({ HF_HUB_CACHE: "/a", HF_HOME: "/b" })).toBe("/a");
  expect(hubCacheDirectory({ HF_HOME: "/b", XDG_CACHE_HOME: "/c" })).toBe(join("/b", "hub"));
  expect(hubCacheDirectory({ XDG_CACHE_HOME: "/c" })).toBe(join("/c", "huggingface", "hub"));
  expect(hubCacheDirectory({})).toMatch(/\.cache.huggingface.hub$/);
});
