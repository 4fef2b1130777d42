/**
 * Gathers the rows of a file into products, and products into the chunks of an import: each is one commit, and is kept packed
 * until its turn comes.
 */
import { unzipJson, zipJson } from '../../../../shared/messaging/zipped.ts';
import type { CsvRow } from './reader.ts';

/** The rows of one product. */
export interface ProductGroup {
  /** As the file writes it, or the title where it writes none: it names one product, and only this spelling does. */
  readonly handle: string;
  /** Of a group that is rejected as it stands only the first, without its cells. */
  readonly rows: readonly CsvRow[];
  readonly rowsTotal: number;
  /** Why the group is rejected as it stands; null when it is not. */
  readonly fault: string | null;
  /** Where rows of it begin that stand apart from the first ones; absent where all stand together. */
  readonly apartAtLine?: number;
}

/** Products per commit: while it runs, no shopper can read. Fewer cost more commits, each with its own share of index pages. */
const chunkProducts = 100;
/** What a commit may weigh: documents, snapshots and their escapes are several times the file, and D1 takes 2 MB per value. */
const chunkWeight = 200_000;
/** What is heavier gets a commit of its own. */
const largeWeight = 100_000;
/** Characters of CSV, and what a row becomes even if it has few. */
const weightOf = (characters: number, rows: number) => characters + 50 * rows;
/** More rows than a product may have variants and images. */
const groupRowsMax = 2_500;
/** Rows that stand apart are kept in memory until the file has ended: so many characters of them. */
const apartCharactersMax = 8_000_000;
/** Bundles are kept in memory until the file has ended, because what they are made of may stand below them: so many characters. */
const bundlesCharactersMax = 4_000_000;
/** A chunk with such a product, packed, still fits into the 2 MB of a row, whatever its characters. */
const groupCharactersMax = 600_000;

export class ProductGroups {
  readonly #handlePlace: number | undefined;
  readonly #titlePlace: number | undefined;
  readonly #bundlePlace: number | undefined;
  /** Handles only, with their first line and chunk: about 50 MB for the longest file that is taken, far less for any real one. */
  readonly #seen = new Map<string, readonly [line: number, chunk: number, isTitled: boolean]>();
  readonly #apart = new Map<string, CsvRow[]>();
  #apartCharacters = 0;
  readonly #bundles: { readonly group: ProductGroup; readonly weight: number }[] = [];
  #bundlesCharacters = 0;
  #chunksTaken = 0;
  #chunk: ProductGroup[] = [];
  #weight = 0;
  #weightOfLast = 0;
  #handle = '';
  /** The rows of the product that is being read, as long as they are not too many. */
  #rows: CsvRow[] = [];
  #rowsTotal = 0;
  #rowsCharacters = 0;
  #firstLine = 0;
  /** Whether the product that is being read is known by its title. */
  #isTitled = false;

  constructor(handlePlace: number | undefined, titlePlace: number | undefined, bundlePlace: number | undefined) {
    this.#handlePlace = handlePlace;
    this.#titlePlace = titlePlace;
    this.#bundlePlace = bundlePlace;
  }

  /** Takes the next row of the file. Answers the chunk that ends before it, if one does. */
  add(row: CsvRow): readonly ProductGroup[] | null {
    const written = this.#handleOf(row);
    const isTitled = this.#handlePlace === undefined || (row.cells[this.#handlePlace] ?? '').trim() === '';
    const isSame = written === this.#handle && isTitled === this.#isTitled && written !== '';
    const isNext = this.#rowsTotal > 0 && !isSame;
    if (isNext) this.#closeGroup();
    const chunk = isNext ? this.#fullChunk() : null;
    if (this.#rowsTotal === 0) {
      this.#firstLine = row.line;
      this.#isTitled = isTitled;
    }
    this.#handle = written;
    this.#rowsTotal += 1;
    for (const cell of row.cells) this.#rowsCharacters += cell.length;
    if (this.#rowsTotal <= groupRowsMax && this.#rowsCharacters <= groupCharactersMax) this.#rows.push(row);
    return chunk;
  }

  /** Without a handle a product is known by its title, and its further rows are those below it that name nothing. */
  #handleOf({ cells }: CsvRow): string {
    const cellAt = (place: number | undefined) => (place === undefined ? '' : (cells[place] ?? '').trim());
    const handle = cellAt(this.#handlePlace).normalize('NFC');
    if (handle !== '') return handle;
    const title = cellAt(this.#titlePlace).normalize('NFC');
    if (title !== '') return title;
    return this.#rowsTotal > 0 && this.#isTitled ? this.#handle : '';
  }

  /** Answers the last chunks, bundles in the last of them. */
  end(): readonly (readonly ProductGroup[])[] {
    this.#closeGroup();
    const chunks: (readonly ProductGroup[])[] = [];
    const cut = () => {
      const full = this.#fullChunk();
      if (full !== null) chunks.push(full);
    };
    cut();
    for (const { group, weight } of this.#bundles) {
      const seen = this.#seen.get(group.handle);
      if (seen !== undefined) this.#seen.set(group.handle, [seen[0], this.#chunksTaken, seen[2]]);
      this.#place(group, weight);
      cut();
    }
    return this.#chunk.length === 0 ? chunks : [...chunks, this.#takeChunk()];
  }

  /** A chunk that takes no more products. What is large by itself goes into the next one. */
  #fullChunk(): readonly ProductGroup[] | null {
    const isFull = this.#chunk.length >= chunkProducts || this.#weight >= chunkWeight;
    if (!isFull) return null;
    const last = this.#chunk.at(-1);
    if (this.#chunk.length === 1 || last === undefined || this.#weightOfLast < largeWeight) return this.#takeChunk();
    const chunk = this.#chunk.slice(0, -1);
    this.#chunk = [last];
    this.#weight = this.#weightOfLast;
    this.#chunksTaken += 1;
    const seen = this.#seen.get(last.handle);
    if (seen !== undefined) this.#seen.set(last.handle, [seen[0], this.#chunksTaken, seen[2]]);
    return chunk;
  }

  /** Chunks with the rows in them that stood apart from the product they belong to. */
  together(chunks: readonly string[]): string[] {
    const touched = new Set([...this.#apart.keys()].map((handle) => this.#seen.get(handle)?.[1]));
    return chunks.flatMap((chunk, number) => {
      if (!touched.has(number)) return [chunk];
      const groups = unpacked(chunk).map((group) => withApart(group, this.#apart.get(group.handle)));
      return split(groups).map(packed);
    });
  }

  #takeChunk(): readonly ProductGroup[] {
    const chunk = this.#chunk;
    this.#chunksTaken += 1;
    this.#chunk = [];
    this.#weight = 0;
    return chunk;
  }

  #closeGroup(): void {
    if (this.#rowsTotal === 0) return;
    if (this.#isApart()) return;
    const fault = this.#fault();
    const rows = fault === null ? this.#rows : [{ line: this.#firstLine, cells: [] }];
    const group = { handle: this.#handle, rows, rowsTotal: this.#rowsTotal, fault };
    const weight = fault === null ? weightOf(this.#rowsCharacters, this.#rowsTotal) : 0;
    if (this.#isBundle(group)) this.#bundles.push({ group, weight });
    else this.#place(group, weight);
    this.#beginGroup();
  }

  #place(group: ProductGroup, weight: number): void {
    this.#chunk.push(group);
    this.#weightOfLast = weight;
    this.#weight += weight;
  }

  /** Whether a product waits for the others, as far as there is room for it. */
  #isBundle({ rows }: ProductGroup): boolean {
    const place = this.#bundlePlace;
    if (place === undefined || rows.every(({ cells }) => (cells[place] ?? '').trim() === '')) return false;
    if (this.#bundlesCharacters + this.#rowsCharacters > bundlesCharactersMax) return false;
    this.#bundlesCharacters += this.#rowsCharacters;
    return true;
  }

  #beginGroup(): void {
    this.#rows = [];
    this.#rowsTotal = 0;
    this.#rowsCharacters = 0;
  }

  /** Keeps the rows of a product whose first ones stand elsewhere, as far as there is room for them. */
  #isApart(): boolean {
    if (this.#handle === '' || this.#seen.get(this.#handle)?.[2] !== this.#isTitled) return false;
    const isTaken = this.#rows.length === this.#rowsTotal;
    if (!isTaken || this.#apartCharacters + this.#rowsCharacters > apartCharactersMax) return false;
    this.#apart.set(this.#handle, [...(this.#apart.get(this.#handle) ?? []), ...this.#rows]);
    this.#apartCharacters += this.#rowsCharacters;
    this.#beginGroup();
    return true;
  }

  #fault(): string | null {
    const seen = this.#handle === '' ? undefined : this.#seen.get(this.#handle);
    if (seen !== undefined && seen[2] !== this.#isTitled)
      return `"${this.#handle}" is the handle of one product and the title of another that has none (line ${seen[0]} and here). Give both a handle.`;
    if (seen !== undefined)
      return `Too many rows of "${this.#handle}" stand apart from its first one in line ${seen[0]}: sort the file by handle.`;
    if (this.#handle !== '') this.#seen.set(this.#handle, [this.#firstLine, this.#chunksTaken, this.#isTitled]);
    if (this.#rowsTotal > groupRowsMax) return `A product has at most ${groupRowsMax} rows.`;
    return this.#rowsCharacters > groupCharactersMax ? `A product has at most ${groupCharactersMax} characters.` : null;
  }
}

function withApart(group: ProductGroup, apart: readonly CsvRow[] | undefined): ProductGroup {
  const [first] = apart ?? [];
  if (apart === undefined || first === undefined || group.fault !== null) return group;
  const rows = [...group.rows, ...apart];
  const together = { ...group, rows, rowsTotal: rows.length, apartAtLine: first.line };
  return rows.length > groupRowsMax
    ? { ...together, rows: group.rows.slice(0, 1), fault: `A product has at most ${groupRowsMax} rows.` }
    : together;
}

/** Chunks of the usual size. */
function split(groups: readonly ProductGroup[]): ProductGroup[][] {
  const chunks: ProductGroup[][] = [];
  let weight = 0;
  for (const group of groups) {
    const characters = group.rows.flatMap(({ cells }) => cells).reduce((sum, cell) => sum + cell.length, 0);
    const own = weightOf(characters, group.rows.length);
    const chunk = chunks.at(-1);
    if (chunk === undefined || weight + own > chunkWeight) {
      chunks.push([group]);
      weight = own;
    } else {
      chunk.push(group);
      weight += own;
    }
  }
  return chunks;
}

export function packed(groups: readonly ProductGroup[]): string {
  return zipJson(groups);
}

export function unpacked(chunk: string): readonly ProductGroup[] {
  return unzipJson<readonly ProductGroup[]>(chunk);
}
