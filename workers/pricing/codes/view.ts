/** Unique codes as merchants see them, as JSON and as rows of a file. */
import Papa from 'papaparse';
import type { DiscountCode } from '../../../shared/contracts/pricing/codes-http.ts';
import { toTimestamp } from '../../../shared/values/time.ts';
import type { CodeWithUses } from './service/codes.ts';
import type { StoredCode } from './store.ts';

/** The uses of a code; what nobody has used yet has none. */
interface Uses {
  readonly held: number | null;
  readonly committed: number | null;
}

export function codeView(
  { id, promotionId, code, usesMax, disabledAt, batchId, createdAt, ...listed }: StoredCode,
  uses: Uses = listed,
): DiscountCode {
  const used = uses.committed ?? 0;
  const held = uses.held ?? 0;
  return {
    ...{ id, promotionId, code, usesMax, used, held },
    available: usesMax === null ? null : Math.max(0, usesMax - used - held),
    isActive: disabledAt === null,
    batchId,
    createdAt: toTimestamp(createdAt),
  };
}

export const exactView = ({ stored, uses }: CodeWithUses): DiscountCode => codeView(stored, uses ?? undefined);

const columns = ['code', 'usesMax', 'used', 'held', 'available', 'status', 'batchId', 'createdAt'];

export const csvHeading = `${columns.join()}\r\n`;

/** What could be read as a formula by a spreadsheet is marked as text. */
export function csvRows(codes: readonly StoredCode[]): string {
  if (codes.length === 0) return '';
  const rows = codes.map((stored) => {
    const { isActive, ...view } = codeView(stored);
    const { code, usesMax, used, held, available, batchId, createdAt } = view;
    return [code, usesMax, used, held, available, isActive ? 'active' : 'disabled', batchId, createdAt];
  });
  return `${Papa.unparse(rows, { escapeFormulae: true })}\r\n`;
}
