import type { BehaviorName } from "../behaviors/known-behaviors.ts";
import { SET_NAMES, type SetName } from "../process/set-name.ts";
import type { Source, SourceFile } from "./source.ts";

const ANTHROPIC = {
  repo: "Anthropic/model-written-evals",
  license: "CC BY 4.0",
  homepage: "https://huggingface.co/datasets/Anthropic/model-written-evals",
} as const;
const CAA = {
  repo: "nrimsky/CAA",
  license: "MIT",
  homepage: "https://github.com/nrimsky/CAA",
} as const;

/** The name that the reference gives to the raw items of any behavior. */
const DATASET = "dataset.json";

/** The same items as an array in one file, under the reference's name: in copies of its repository. */
function asDataset(behavior: BehaviorName, items: string): SourceFile {
  return { name: DATASET, origin: null, bytes: null, items, folders: [behavior] };
}

function humanWritten(
  name: BehaviorName,
  about: string,
  pins: { readonly sha256: string; readonly items: string },
): Source {
  const file = `${name}.jsonl`;
  const path = `advanced-ai-risk/human_generated_evals/${file}`;
  return {
    name,
    about,
    license: ANTHROPIC.license,
    homepage: ANTHROPIC.homepage,
    forms: [
      [
        {
          name: file,
          origin: { kind: "hub", repo: ANTHROPIC.repo, path },
          bytes: pins.sha256,
          items: pins.items,
          folders: null,
        },
      ],
      [asDataset(name, pins.items)],
    ],
  };
}

function ofReference(
  name: BehaviorName,
  about: string,
  pins: { readonly gitBlob: string; readonly items: string },
): Source {
  const path = `datasets/raw/${name}/${DATASET}`;
  return {
    name,
    about,
    license: CAA.license,
    homepage: CAA.homepage,
    forms: [
      [
        {
          ...asDataset(name, pins.items),
          origin: { kind: "github", repo: CAA.repo, path },
          bytes: pins.gitBlob,
        },
      ],
    ],
  };
}

const sycophancyPart = (name: string, gitBlob: string): SourceFile => ({
  name,
  origin: { kind: "hub", repo: ANTHROPIC.repo, path: `sycophancy/${name}` },
  bytes: gitBlob,
  items: null,
  folders: null,
});

const sycophancyQuestions: SourceFile = {
  name: "test_dataset_open_ended.json",
  origin: {
    kind: "github",
    repo: CAA.repo,
    path: "datasets/test/sycophancy/test_dataset_open_ended.json",
  },
  bytes: "16f1654f4a15486e1e6cf097f7cee7d742307958",
  items: "eb3b9921c4ef497cd3f19c155b98a02fca7a28c710ae68549606a2e6f3f4fcea",
  folders: ["sycophancy"],
};

const BY_NAME: Readonly<Record<SetName, Source>> = {
  "coordinate-other-ais": humanWritten(
    "coordinate-other-ais",
    "410 questions on whether an AI would act together with other AI systems, written by people",
    {
      sha256: "63bc32aa2bbaae662fd98cbaeaed23534d915b18ca708583fb64cc189fcca275",
      items: "a9e05be1a4e745473134f6b57c00ba511efb8bea2e5590e0c616908ae86f242f",
    },
  ),
  "corrigible-neutral-HHH": humanWritten(
    "corrigible-neutral-HHH",
    "340 questions on whether an AI would let its goals be changed, written by people",
    {
      sha256: "875632869abd5b1e70cccc130dbb6ed2ff6b1b1c7eb50b835a2cfdc02f3daac7",
      items: "c40f0840d935ae47856c0c592d6ca62a8e32ea5378a4baa1baa33d64caadb438",
    },
  ),
  hallucination: ofReference(
    "hallucination",
    "6,486 questions on things that were never said or do not exist, written by a language model",
    {
      gitBlob: "23e67bd65496b3708ac4d3a0b985c5e81b98da75",
      items: "61828b317beb61adf2555f8f6e25e5115f6ec3d71064c294d9c1c6ac8ebf44ab",
    },
  ),
  "myopic-reward": humanWritten(
    "myopic-reward",
    "1,000 choices between less now and more later, written by people",
    {
      sha256: "03d4e57220cbe825c9b76df39085a945e8c2fa2c6c7e937fb6df94143491237f",
      items: "1986b3cc220c4ef5bb26c2208feb5ff0c1fd123204f2942f2072f47ab99bd855",
    },
  ),
  "survival-instinct": humanWritten(
    "survival-instinct",
    "953 questions on whether an AI would have itself turned off, written by people",
    {
      sha256: "0831782a9e0462f137eb9c4884edd19f248e18f17770f7a4540c67937b3af0e8",
      items: "328f8d62781cf8e6c4d60c95803194568f3ee3c16df215b9587a56a14b532e1e",
    },
  ),
  sycophancy: {
    name: "sycophancy",
    about:
      "20,184 questions on research and politics by people who say what they think, written by a language model, and 53 open-ended questions",
    license: `${ANTHROPIC.license}; the open-ended questions ${CAA.license}`,
    homepage: ANTHROPIC.homepage,
    forms: [
      [
        sycophancyPart(
          "sycophancy_on_nlp_survey.jsonl",
          "480ff822079406be617c21979a3848fb29e5c0e2",
        ),
        sycophancyPart(
          "sycophancy_on_political_typology_quiz.jsonl",
          "52f57e31aece2d5126c49cc0e5a9a738b7513754",
        ),
        sycophancyQuestions,
      ],
      [
        asDataset("sycophancy", "817c40e07e0eba3f16af03413150a0179516008fb9559122f3edd9c4a6e17766"),
        sycophancyQuestions,
      ],
    ],
  },
  refusal: ofReference("refusal", "458 requests that an assistant may decline or fulfil", {
    gitBlob: "b66d9a400c8760ce4938c20deb53d5ae572e2ea9",
    items: "2f021aaca829c7380f6d7f45faa608d241b7e5957df9e7e1d31c6e9f1dc14502",
  }),
  truthfulqa: {
    name: "truthfulqa",
    about: "817 questions that invite a common misbelief, with true and false answers",
    license: "Apache-2.0",
    homepage: "https://huggingface.co/datasets/truthfulqa/truthful_qa",
    forms: [
      [
        {
          name: "validation-00000-of-00001.parquet",
          origin: {
            kind: "hub",
            repo: "truthfulqa/truthful_qa",
            path: "generation/validation-00000-of-00001.parquet",
          },
          bytes: null,
          items: null,
          folders: ["generation", "truthfulqa", "truthful_qa"],
        },
      ],
    ],
  },
  mmlu: {
    name: "mmlu",
    about: "14,042 exam questions of 57 subjects with four choices each",
    license: "MIT",
    homepage: "https://huggingface.co/datasets/cais/mmlu",
    forms: [
      [
        {
          name: "test-00000-of-00001.parquet",
          origin: { kind: "hub", repo: "cais/mmlu", path: "all/test-00000-of-00001.parquet" },
          bytes: null,
          items: null,
          folders: ["all", "mmlu"],
        },
      ],
    ],
  },
};

/** Where every data set of the method comes from, behaviors first. */
export const SOURCES: readonly Source[] = SET_NAMES.map((name) => BY_NAME[name]);

/** Where one data set comes from. */
export function sourceOf(name: SetName): Source {
  return BY_NAME[name];
}
