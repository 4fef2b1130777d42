/** What an import did, in words: totals, and each row that was rejected or changed with the reason. */
import type { ImportChange, ImportFault, ImportReport } from '../../shared/contracts/catalog/imports.ts';
import { type ChangeKind, changeKinds } from '../../shared/values/import-changes.ts';

export function faultLine({ line, column, handle, reason }: ImportFault): string {
  const where = [`line ${line}`, column, handle === '' ? null : handle].filter((part) => part !== null).join(', ');
  return `  ${where}: ${reason}`;
}

/** The whole report. Rows that were imported with a change are listed only when `isVerbose`. */
export function reportLines(
  job: Omit<ImportReport, 'faults' | 'next'>,
  faults: readonly ImportFault[],
  isVerbose: boolean,
): string[] {
  const rejected = faults.filter(({ severity }) => severity === 'rejected');
  const adjusted = faults.filter(({ severity }) => severity === 'adjusted');
  const { created, updated, unchanged, rejected: refused } = job.products;
  const seconds = (Date.parse(job.finishedAt ?? job.heartbeatAt) - Date.parse(job.startedAt)) / 1_000;
  const speed = seconds > 0 ? `, ${Math.round(job.rows / seconds).toLocaleString('en')} rows/s` : '';
  const missing = job.faultsTotal - faults.length;
  return [
    ...(rejected.length > 0 ? ['Rejected:', ...rejected.map(faultLine)] : []),
    ...(adjusted.length > 0 && isVerbose ? ['Imported with a change:', ...adjusted.map(faultLine)] : []),
    ...(missing > 0 ? [`${missing.toLocaleString('en')} more were not kept in the report.`] : []),
    `${job.rows.toLocaleString('en')} rows in ${seconds.toFixed(1)} s${speed}`,
    ...(job.dryRun ? ['Nothing was changed. An import would do this:'] : []),
    `products: ${created} created, ${updated} updated, ${unchanged} unchanged, ${refused} rejected (${job.rowsRejected} rows)`,
    ...changeLines(job),
    ...(adjusted.length > 0 && !isVerbose
      ? [`${adjusted.length} rows were imported with a change; --verbose lists them`]
      : []),
    `report: GET /admin/v1/imports/${job.id}, all of it: /admin/v1/imports/${job.id}/report.csv`,
  ];
}

const headings: Readonly<Record<ChangeKind, string>> = {
  'product-created': 'products created',
  'product-changed': 'products changed',
  'variant-added': 'variants added',
  'variant-changed': 'variants changed',
  'variant-removed': 'variants without a row any more, removed',
  'sku-changed': 'SKUs changed',
  'stock-opened': 'stock of new variants',
  'stock-set': 'stock set',
  'stock-added': 'stock added',
};

/** What changes, each kind with its count and first examples. */
function changeLines({ changes, examples }: Pick<ImportReport, 'changes' | 'examples'>): string[] {
  return changeKinds.flatMap((wanted) => {
    const count = changes[wanted];
    if (count === 0) return [];
    const shown = examples.filter(({ kind }) => kind === wanted);
    const more = count - shown.length;
    return [
      `${headings[wanted]}: ${count.toLocaleString('en')}`,
      ...shown.map((change) => `  ${changeLine(change)}`),
      ...(more > 0 ? [`  and ${more.toLocaleString('en')} more`] : []),
    ];
  });
}

function changeLine({ line, handle, sku, fields, skuBefore, locationId, quantity }: ImportChange): string {
  const what = [`line ${line}`, handle, sku].filter((part) => part !== null).join(', ');
  if (skuBefore !== null) return `${what} (was ${skuBefore})`;
  if (quantity !== null) return `${what}: ${quantity.toLocaleString('en')} at ${locationId}`;
  return fields.length === 0 ? what : `${what}: ${fields.join(', ')}`;
}
