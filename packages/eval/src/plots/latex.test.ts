import { expect, it } from "vitest";
import { formatLatex } from "./latex.ts";

it("is a table that LaTeX takes, whatever is in it", () => {
  expect(
    formatLatex([
      ["a_b & c", "p"],
      ["50 % #1 {x} \\ ~ ^\nnext", "-0.5 [-0.75, -0.25]"],
    ]),
  ).toBe(
    String.raw`\begin{tabular}{lr}
\hline
a\_b \& c & p \\
\hline
50 \% \#1 \{x\} \textbackslash{} \textasciitilde{} \textasciicircum{} next & $-$0.5 [$-$0.75, $-$0.25] \\
\hline
\end{tabular}
`,
  );
});
