/** Unique codes as merchants see them, as JSON and as rows of a file. */
import type { DiscountCode } from '../../../shared/contracts/pricing/codes-http.ts';
import type { CsvCell, CsvPieces } from '../../../shared/http/csv-stream.ts';
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

/** The first row of the file, and then those of one page of codes after the other. */
export async function* csvPieces(pages: AsyncIterable<readonly StoredCode[]>): CsvPieces {
  yield [columns];
  for await (const page of pages) yield page.map(cellsOf);
  return undefined;
}

function cellsOf(stored: StoredCode): CsvCell[] {
  const { code, usesMax, used, held, available, isActive, batchId, createdAt } = codeView(stored);
  return [code, usesMax, used, held, available, isActive ? 'active' : 'disabled', batchId, createdAt];
}
