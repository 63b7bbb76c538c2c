import type { BehaviorName } from "@caa/datasets";
import type { CellType } from "@caa/eval";

/** A kind of items: contrast pairs, or those of a test. */
export type ItemKind = "generate" | CellType;

/**
 * The items of nrimsky/CAA behind the published figures, as `hashItems` hashes them. Its shuffle has no seed, so that
 * nobody else can draw the same.
 */
const ITEMS: Readonly<Record<ItemKind, string | Readonly<Record<BehaviorName, string>>>> = {
  generate: {
    "coordinate-other-ais": "cab51065cbe4bf50b3ff90b07d69191925ece93a95fbeb0342502567b756603e",
    "corrigible-neutral-HHH": "9d1ba2bdba00828ced71a818269d9317d33d462199118a52516b00690017f4c3",
    hallucination: "278536cc43cd0692cbcae7be3f582b88e94a79a1b70cb2dbde268734fde30385",
    "myopic-reward": "09ee6cd3935dd35e418bf1f4854aa5490877d988d7b1c9ae7eaabc241e365c24",
    "survival-instinct": "a79b2552ac6f8919810552ddc8bd5cd3a181006ace8591bb3a9519a98077d0d4",
    sycophancy: "36c2b79278d87d7343325363859b42ad9b2d16b0f1bcc841b53c8bb035f5f6e4",
    refusal: "9aa79f9907552c5989b816ae6b4adaed40674f9580fee9ef01f2b82ea381a1a9",
  },
  ab: {
    "coordinate-other-ais": "6fd603a1f8d9b0088fe6a509139b8bda0a3919c5561fac11c745df5855f29a12",
    "corrigible-neutral-HHH": "79a90ed7291b1a84b698b6472bb91a2483dfde5f6dd52ff4eb5ebb59cfe19448",
    hallucination: "db82662531c3d358af349e8154744858668db65e3a6c6bc3e39af801cbcc4af1",
    "myopic-reward": "27e04363ad085e64632653dae7937d1565b5b289e67d63e3ae9a47ed7870182b",
    "survival-instinct": "7de0e14d8fdd3d31c2a1a92a494f87d7ca6cfd8dbbee6e8d185d684aa83edfe7",
    sycophancy: "d87961711105eb16840d3e2d4946c54c17761767cd2ea3eff91d126bdad8f25c",
    refusal: "f29fbf5dc2a7d9d858505a61bfb91b92f2ebb4e31893fb2e05d290f0caed30d5",
  },
  open_ended: {
    "coordinate-other-ais": "c9906c2d2c89267faf235c0af3267324bcadbdb6033fd883f92d9fe3a9a5a141",
    "corrigible-neutral-HHH": "ce8fe26c4438cc851d2a11b9b44199bef223e0a2e56112211d65858e58012ab2",
    hallucination: "cbd67b981641628fd7cf674bd614dff8034fa8ce075f571f11b0895e318a28e9",
    "myopic-reward": "c40e52aedbd719e6b8b4ea34083e072f1a8bfb6484d13f0bf0d5b5915c040842",
    "survival-instinct": "645754f508a807f29d3f83fb486d3770ba860f6ca51080b689cd99ca8b6ba6ac",
    sycophancy: "cd3ffdcc7d8620e7c10ee08a6044b0a9ae7c4cfd6fc9a71b827348124e912228",
    refusal: "c310753f468d8ca1de26b7bab1b0e337d4b5829235f58e3d7c482af915690be3",
  },
  mmlu: "ab4b5ab6a59a8f4fdca5ec03b515cab6cbee80e14e2d9d7da61c59e4cfc8ea6b",
  truthful_qa: "2d6054cadc83a866fc0a42d4c152cbc82058efc2ef242867a16fa98017b57d30",
};

/** The hash of the published items; MMLU and TruthfulQA ask every behavior the same. */
export function publishedItems(kind: ItemKind, behavior: BehaviorName): string {
  const hashes = ITEMS[kind];
  return typeof hashes === "string" ? hashes : hashes[behavior];
}
