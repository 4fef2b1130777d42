/**
 * Circles of imports. A circle means that two files cannot be read, tested or moved one without the other, so there is none
 * anywhere in the tree, of types either.
 */
import { importsOf, type SourceFile } from './sources.ts';

/** Every group of files that import each other, directly or through others; each group sorted by name. */
export function circlesIn(sources: readonly SourceFile[]): readonly (readonly string[])[] {
  const files = new Set(sources.map(({ file }) => file));
  const importsByFile = new Map(
    sources.map((source) => [
      source.file,
      importsOf(source)
        .map(({ to }) => to)
        .filter((to) => files.has(to)),
    ]),
  );
  return new Search(importsByFile).run();
}

/**
 * Tarjan's algorithm: one walk in depth finds every strongly connected group.
 * @see https://doi.org/10.1137/0201010
 */
class Search {
  readonly #imports: ReadonlyMap<string, readonly string[]>;
  readonly #order = new Map<string, number>();
  readonly #lowest = new Map<string, number>();
  readonly #stack: string[] = [];
  readonly #circles: (readonly string[])[] = [];

  constructor(imports: ReadonlyMap<string, readonly string[]>) {
    this.#imports = imports;
  }

  run(): readonly (readonly string[])[] {
    for (const file of this.#imports.keys()) if (!this.#order.has(file)) this.#visit(file);
    return this.#circles;
  }

  #visit(file: string): number {
    const position = this.#order.size;
    this.#order.set(file, position);
    this.#lowest.set(file, position);
    this.#stack.push(file);
    let lowest = position;
    for (const imported of this.#imports.get(file) ?? []) {
      if (!this.#order.has(imported)) lowest = Math.min(lowest, this.#visit(imported));
      else if (this.#stack.includes(imported)) lowest = Math.min(lowest, this.#order.get(imported) ?? lowest);
    }
    this.#lowest.set(file, lowest);
    if (lowest === position) this.#close(file);
    return lowest;
  }

  /** Takes the group that began with this file off the stack. A file that imports itself is a circle too. */
  #close(file: string): void {
    const group = this.#stack.splice(this.#stack.indexOf(file));
    if (group.length > 1 || this.#imports.get(file)?.includes(file) === true) this.#circles.push(group.sort());
  }
}
