import { type Cell, vectorsOfControl } from "@caa/eval";
import { settingsInWords, shortHash } from "./settings-words.ts";

/** Results that differ in layer and multiplier only, with those of their controls. */
export interface Group<Of extends Cell> {
  /** Behavior and test, and what tells the group from others of the same two. */
  readonly label: string;
  readonly first: Of;
  /** By layer, then multiplier. */
  readonly cells: readonly Of[];
  readonly controls: ReadonlyArray<{ readonly name: string; readonly cells: readonly Of[] }>;
}

export interface GroupedResults<Of extends Cell> {
  /** By behavior, then test. */
  readonly groups: ReadonlyArray<Group<Of>>;
  /** Controls that lie there without the vectors that they belong to, in words. */
  readonly orphans: readonly string[];
}

/** Puts together what one figure may show. */
export function groupResults<Of extends Cell>(cells: readonly Of[]): GroupedResults<Of> {
  const found = new Map<string, Of[]>();
  for (const cell of cells) {
    const { vectors } = cell.settings;
    const key = keyOf(cell, vectorsOfControl(vectors) ?? vectors);
    found.set(key, [...(found.get(key) ?? []), cell]);
  }
  const groups: Group<Of>[] = [];
  const orphans: string[] = [];
  for (const all of found.values()) {
    const own = sorted(all.filter(({ settings }) => vectorsOfControl(settings.vectors) === null));
    const vectors = new Set(all.map(({ settings }) => settings.vectors));
    const names = [...vectors].filter((name) => vectorsOfControl(name) !== null).toSorted();
    const [first] = own;
    if (first === undefined) {
      const { behavior = "", type = "" } = all[0]?.settings ?? {};
      orphans.push(
        `${behavior}, ${type}: ${names.join(", ")} without results of the vectors themselves; left out`,
      );
    } else {
      const controls = names.map((name) => ({
        name,
        cells: sorted(all.filter(({ settings }) => settings.vectors === name)),
      }));
      groups.push({ label: "", first, cells: own, controls });
    }
  }
  return {
    groups: groups
      .map((group) => ({ ...group, label: labelOf(group, groups) }))
      .sort((a, b) => compare(sortKey(a.first), sortKey(b.first)) || compare(a.label, b.label)),
    orphans,
  };
}

/** Values once each, ascending. */
export function distinct(values: readonly number[]): readonly number[] {
  return [...new Set(values)].toSorted((a, b) => a - b);
}

function keyOf({ settings, hashes }: Cell, vectors: string): string {
  const { layer: _, multiplier: __, ...common } = settings;
  return JSON.stringify([
    Object.entries({ ...common, vectors }).toSorted(([a], [b]) => compare(a, b)),
    hashes.model,
    hashes.dataset,
  ]);
}

function labelOf<Of extends Cell>({ first }: Group<Of>, groups: ReadonlyArray<Group<Of>>): string {
  const { behavior, type } = first.settings;
  const twins = groups.filter(
    ({ first: { settings } }) => settings.behavior === behavior && settings.type === type,
  );
  const others = twins.map((twin) => detailsOf(twin.first));
  const apart = detailsOf(first).filter((words, i) => others.some((other) => other[i] !== words));
  return [`${behavior}, ${type}`, ...apart].join(", ");
}

function detailsOf(cell: Cell): readonly string[] {
  return [
    ...settingsInWords(cell.settings),
    `model hash ${shortHash(cell.hashes.model)}`,
    `items hash ${shortHash(cell.hashes.dataset)}`,
  ];
}

function sorted<Of extends Cell>(cells: readonly Of[]): readonly Of[] {
  return cells.toSorted(
    ({ settings: a }, { settings: b }) => a.layer - b.layer || a.multiplier - b.multiplier,
  );
}

const TYPES = ["ab", "open_ended", "mmlu", "truthful_qa"];

function sortKey({ settings }: Cell): string {
  return `${settings.behavior}\n${TYPES.indexOf(settings.type)}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
