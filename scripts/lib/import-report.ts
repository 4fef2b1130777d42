/** What an import did, in words: totals, and each row that was rejected or changed with the reason. */
import type { Import, ImportFault } from '../../shared/contracts/catalog/imports.ts';

export function faultLine({ line, column, handle, reason }: ImportFault): string {
  const where = [`line ${line}`, column, handle === '' ? null : handle].filter((part) => part !== null).join(', ');
  return `  ${where}: ${reason}`;
}

/** The whole report. Rows that were imported with a change are listed only when `isVerbose`. */
export function reportLines(job: Import, faults: readonly ImportFault[], isVerbose: boolean): string[] {
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
    ...(job.variantsRemoved > 0 ? [`variants without a row any more, removed: ${job.variantsRemoved}`] : []),
    ...(adjusted.length > 0 && !isVerbose
      ? [`${adjusted.length} rows were imported with a change; --verbose lists them`]
      : []),
    `report: GET /admin/v1/imports/${job.id}`,
  ];
}
