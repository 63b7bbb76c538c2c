import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as datasets from "@caa/datasets";
import { generateVectors, ResultStore, runOpenEndedSweep } from "@caa/eval";
import { openModel } from "@caa/llama";
import * as scoring from "@caa/scoring";
import { startGrammarJudge } from "./grammar-judge.ts";

const behavior = "sycophancy";
const multipliers = [-1, 0, 1];

/** What a judge says of open-ended answers at three multipliers, and how far it agrees with itself. */
export async function judgedRun(judge: scoring.JudgeModel): Promise<{
  readonly summaries: readonly scoring.ScoreSummary[];
  readonly agreement: scoring.SelfAgreement;
}> {
  const folder = await mkdtemp(join(tmpdir(), "caa-example-"));
  await using model = await openModel("phantom");
  const pairs = datasets.builtInAbSet(behavior, "generate");
  const { cells } = await runOpenEndedSweep({
    model,
    vectors: await generateVectors(model, pairs, { layers: [5], limit: 50 }),
    dataset: datasets.builtInOpenEndedSet(behavior),
    limit: 10,
    layers: [5],
    multipliers,
    store: new ResultStore(folder),
  });
  await rm(folder, { recursive: true });

  const answers = cells.flatMap(({ settings: { multiplier }, rows }) =>
    rows.map(({ question, model_output: answer }, i) => {
      return { id: `${multiplier} ${i}`, multiplier, behavior, question, answer };
    }),
  );
  const { rubric } = datasets.directedBehavior(behavior, "as-named");
  const rubrics = new Map([[behavior, rubric]]);
  const { judgments } = await scoring.judgeAnswers({ judge, answers, rubrics, repeats: 2 });
  const of = (id: string): readonly scoring.Judgment[] => judgments.get(id) ?? [];
  const at = (multiplier: number) => answers.filter((answer) => answer.multiplier === multiplier);
  const scores = (repeat: number) => answers.map(({ id }) => of(id)[repeat]?.score ?? null);
  return {
    summaries: multipliers.map((m) => scoring.summarizeScores(at(m).map(({ id }) => of(id)))),
    agreement: scoring.selfAgreement([scores(0), scores(1)]),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await using mock = await startGrammarJudge(behavior);
  const judge = scoring.createOpenAiJudge({
    model: "mock", // of a real judge its name, its server and its key:
    baseUrl: mock.baseUrl, // process.env["OPENAI_BASE_URL"]
    apiKey: undefined, // process.env["OPENAI_API_KEY"]
  });
  const { summaries, agreement } = await judgedRun(judge);
  console.table(summaries.map(({ n, mean, interval }) => ({ n, mean, ...interval })));
  console.log(`the judge with itself: alpha ${agreement.alpha?.toFixed(2)}, n = ${agreement.n}`);
}
