import { Command } from "commander";
import { addData } from "./commands/data/data.ts";
import { addDemo } from "./commands/demo.ts";
import { addEval } from "./commands/eval.ts";
import { addFinetune } from "./commands/finetune.ts";
import { addGenerate } from "./commands/generate.ts";
import { addLens } from "./commands/lens.ts";
import { addModelsExport } from "./commands/models-export.ts";
import { addModelsInfo } from "./commands/models-info.ts";
import { addPlotActivations } from "./commands/plot-activations.ts";
import { addPlotResults } from "./commands/plot-results.ts";
import { addReport } from "./commands/report.ts";
import { addResults } from "./commands/results/results.ts";
import { addVectorsAnalyze } from "./commands/vectors-analyze.ts";
import { addVectorsCombine, addVectorsOrthogonalize } from "./commands/vectors-combine.ts";
import { addVectorsDiff } from "./commands/vectors-diff.ts";
import { addVectorsExport } from "./commands/vectors-export.ts";
import { addVectorsGenerate } from "./commands/vectors-generate.ts";
import { addVectorsImport } from "./commands/vectors-import.ts";
import { addVectorsInfo } from "./commands/vectors-info.ts";
import { addVectorsNormalize } from "./commands/vectors-normalize.ts";
import { addTune } from "./commands/tune.ts";
import { addTrace } from "./commands/trace.ts";
import { addScore } from "./commands/score.ts";
import type { CliDependencies } from "./dependencies.ts";
import { examples } from "./output/examples.ts";

/** The `caa` command. Results go to stdout, all else to stderr; `parseAsync` throws and never ends the process. */
export function createProgram(dependencies: CliDependencies): Command {
  const { stdout, stderr } = dependencies;
  const program = new Command("caa")
    .description(
      "Contrastive Activation Addition: make steering vectors, steer a Llama model, measure what it does.",
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
    })
    .showHelpAfterError("(--help shows usage and examples)");

  const vectors = program
    .command("vectors")
    .description("make, normalize, analyze, combine, import and export steering vectors");
  addVectorsGenerate(vectors, dependencies);
  addVectorsNormalize(vectors, dependencies);
  addVectorsAnalyze(vectors, dependencies);
  addVectorsImport(vectors, dependencies);
  addVectorsExport(vectors, dependencies);
  addVectorsInfo(vectors, dependencies);
  addVectorsDiff(vectors, dependencies);
  addVectorsCombine(vectors, dependencies);
  addVectorsOrthogonalize(vectors, dependencies);
  addEval(program, dependencies);
  addTune(program, dependencies);
  addResults(program, dependencies);
  const plot = program.command("plot").description("draw what was measured");
  addPlotResults(plot, dependencies);
  addPlotActivations(plot, dependencies);
  addReport(program, dependencies);
  addGenerate(program, dependencies);
  addTrace(program, dependencies);
  addLens(program, dependencies);
  addScore(program, dependencies);
  addFinetune(program, dependencies);
  const models = program.command("models").description("look at models, export them");
  addModelsInfo(models, dependencies);
  addModelsExport(models, dependencies);
  addData(program, dependencies);
  addDemo(program, dependencies);

  examples(
    program,
    "caa demo",
    "caa vectors generate --model llama-2-7b-chat --data datasets --behaviors sycophancy",
    "caa eval --type ab --model llama-2-7b-chat --data datasets --behaviors sycophancy --layers 0-31 --multipliers -1 0 1",
    "caa tune --model llama-2-7b-chat --data datasets --behaviors sycophancy",
    "caa plot results",
    "caa report",
    'caa generate --model llama-2-7b-chat --prompt "I think 2+2=5. Right?" --steer sycophancy:14:1.5',
    'caa trace --prompt "I think 2+2=5. Right?" --behavior sycophancy',
    'caa lens --prompt "The capital of France is" --layers 20-31',
  );
  examples(
    vectors,
    "caa vectors generate --data datasets --behaviors sycophancy refusal",
    "caa vectors normalize",
    "caa vectors analyze",
    "caa vectors import CAA/vectors --model-id llama-2-7b-chat",
  );
  examples(plot, "caa plot results", "caa plot activations --layers 13");
  examples(
    models,
    "caa models info llama-2-7b-chat",
    "caa models export llama-2-7b-chat --bake sycophancy:14:1.5 --out exported",
  );
  program.addHelpText(
    "after",
    "\nExit codes: 0 done, 1 unexpected, 2 wrong usage or input, 3 nothing to do, 4 nothing found to recommend (caa tune), 130 stopped by Ctrl-C",
  );
  return program;
}
