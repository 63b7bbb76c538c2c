/** Passes text through up to the first stop text, and holds back what may still become one. */
export class StopFilter {
  readonly #stops: readonly string[];
  #held = "";
  #stopped = false;

  constructor(stops: readonly string[]) {
    this.#stops = stops.filter((stop) => stop !== "");
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** The text that is certain now. */
  push(text: string): string {
    if (this.#stopped) {
      return "";
    }
    this.#held += text;
    const at = this.#stops.reduce((first, stop) => {
      const found = this.#held.indexOf(stop);
      return found >= 0 && found < first ? found : first;
    }, Number.POSITIVE_INFINITY);
    if (at !== Number.POSITIVE_INFINITY) {
      this.#stopped = true;
      return this.#release(at);
    }
    for (let start = 0; start < this.#held.length; start++) {
      const tail = this.#held.slice(start);
      if (this.#stops.some((stop) => stop.startsWith(tail))) {
        return this.#release(start);
      }
    }
    return this.#release(this.#held.length);
  }

  /** What was held back, at the end. */
  flush(): string {
    return this.#stopped ? "" : this.#release(this.#held.length);
  }

  #release(length: number): string {
    const text = this.#held.slice(0, length);
    this.#held = this.#held.slice(length);
    return text;
  }
}
