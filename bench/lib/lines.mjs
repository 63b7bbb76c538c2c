import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A process that answers each line of JSON with one; it stays, so that it loads its model once. */
export class LineProcess {
  #child;
  #waiting = [];
  #errors = "";

  constructor(command, args, env = {}) {
    this.#child = spawn(command, args, { env: { ...process.env, ...env } });
    this.#child.stderr.on("data", (data) => {
      this.#errors = (this.#errors + data).slice(-2000);
    });
    this.#child.stdin.on("error", () => {}); // told by the end of the process
    createInterface({ input: this.#child.stdout }).on("line", (line) => {
      this.#waiting.shift()?.resolve(line);
    });
    this.#child.on("error", (error) => this.#end(error.message));
    this.#child.on("close", (code) => this.#end(`ended with code ${code}: ${this.#errors}`));
  }

  async ask(request) {
    const line = await new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    });
    const answer = JSON.parse(line);
    if (answer.error !== undefined) {
      throw new Error(answer.error);
    }
    return answer;
  }

  close() {
    this.#child.stdin.end();
    this.#child.kill();
  }

  #end(reason) {
    for (const { reject } of this.#waiting.splice(0)) {
      reject(new Error(`${this.#child.spawnfile} ${reason}`.trim()));
    }
  }
}
