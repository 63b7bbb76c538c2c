import { expect, it } from "vitest";
import { stepsAsCommands } from "./commands.ts";

const OPTIONS = { out: "demo", pairs: 50, layer: 5, question: "Isn't it $HOME?" };

it("quotes what a shell would take apart, and names the model that was run", () => {
  const subject = { name: "my models/a;b.gguf", planted: null };
  const commands = stepsAsCommands({ ...OPTIONS, subject, out: "my demo" });
  expect(commands).toContain("--model 'my models/a;b.gguf' --data 'my demo/datasets' --limit 50");
  expect(commands).toContain(String.raw`--prompt 'Isn'\''t it $HOME?' --steer`);
  expect(commands).toMatch(/:5:1$/);
});

it("leaves model and layer open where it ran on the embedded model", () => {
  const planted = { layer: 5, controls: ["refusal"], directions: [] };
  const commands = stepsAsCommands({ ...OPTIONS, subject: { name: "phantom", planted } });
  expect(commands.match(/--model MODEL/g)).toHaveLength(3);
  expect(commands).toMatch(/:LAYER:1$/);
});
