/** What an import decides of one product of its file, before anything is written. */
import type { ImportChange } from '../../../shared/contracts/catalog/imports.ts';
import type { StatedStock } from './import-changes.ts';
import type { Composition } from './product.ts';
import type { RowFault } from './shopify-row.ts';

export interface ImportedProduct {
  readonly handle: string;
  /** Where its rows begin. */
  readonly line: number;
  readonly rows: number;
  readonly outcome: 'created' | 'updated' | 'unchanged' | 'rejected';
  readonly composition: Composition | null;
  readonly faults: readonly RowFault[];
  readonly changes: readonly ImportChange[];
  readonly counted: readonly StatedStock[];
}
