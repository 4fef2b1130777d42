/** The report of an import as rows of a file: what was rejected or adjusted and why, and all that was changed. */
import type { ImportChange, ImportFault } from '../../../shared/contracts/catalog/imports.ts';

/** What became of some products of a file. */
export interface ReportPart {
  readonly faults: readonly ImportFault[];
  readonly changes: readonly ImportChange[];
}

export const reportHeader = [
  ...['Line', 'What', 'Handle', 'SKU', 'Column', 'Fields', 'Former SKU', 'Location', 'Quantity', 'Reason'],
] as const;

export function reportRows({ faults, changes }: ReportPart): (string | number)[][] {
  return [
    ...faults.map(({ line, severity, handle, column, reason }) =>
      rowOf({ Line: line, What: severity, Handle: handle, Column: column ?? '', Reason: reason }),
    ),
    ...changes.map(({ line, kind, handle, sku, fields, skuBefore, locationId, quantity }) =>
      rowOf({
        ...{ Line: line, What: kind, Handle: handle, SKU: sku ?? '', Fields: fields.join(', ') },
        ...{ 'Former SKU': skuBefore ?? '', Location: locationId ?? '', Quantity: quantity ?? '' },
      }),
    ),
  ];
}

const rowOf = (cells: Partial<Record<(typeof reportHeader)[number], string | number>>) =>
  reportHeader.map((name) => cells[name] ?? '');
