/**
 * What a bundle is made of, as a cell: `MUG x 2; SPOON x 1`. A SKU that would read as something else is quoted as in CSV.
 */

interface NamedComponent {
  readonly sku: string;
  readonly quantity: number;
}

export function bundleCell(components: readonly NamedComponent[]): string {
  return components.map(({ sku, quantity }) => `${written(sku)} x ${quantity}`).join('; ');
}

const written = (sku: string) => (/[";]|^\s|\s$/.test(sku) ? `"${sku.replaceAll('"', '""')}"` : sku);

/** Null where the cell names no components. */
export function bundleIn(cell: string): NamedComponent[] | null {
  const one = /\s*(?:"((?:[^"]|"")*)"|([^";]+?))\s+x\s+(\d{1,9})\s*(?:;|$)/gy;
  const found: NamedComponent[] = [];
  let end = 0;
  for (const match of cell.matchAll(one)) {
    const [whole, quoted, plain = '', quantity] = match;
    found.push({ sku: quoted?.replaceAll('""', '"') ?? plain.trim(), quantity: Number(quantity) });
    end = match.index + whole.length;
  }
  return found.length > 0 && cell.slice(end).trim() === '' ? found : null;
}
