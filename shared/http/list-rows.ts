/**
 * Lists whose rows are taken one by one: a row that is not as it should be is answered with its reason and bars no other. What
 * the schema of a row refuses therefore passes the schema of the body, and is read again here.
 */
import * as z from 'zod';
import { readWith } from './faults.ts';

/** The rows of a list; those that do not have the form of `row` come as they were written. */
export function listRows<Row extends z.ZodType>(row: Row) {
  return z.union([row, z.record(z.string(), z.unknown())]).meta({ title: 'Row' });
}

type ListRow<Value> =
  | { readonly isRead: true; readonly value: Value }
  | { readonly isRead: false; readonly sku: string; readonly reason: string };

const Skued = z.object({ sku: z.string().max(255) });

/** The row, or why it is none: of its first fault, the field and what to give. */
export function readListRow<Row extends z.ZodType>(schema: Row, written: unknown): ListRow<z.infer<Row>> {
  const read = readWith(schema, written);
  if (read.isRead) return read;
  const { pointer = '', detail = '' } = read.faults[0] ?? {};
  const { sku = '' } = Skued.safeParse(written).data ?? {};
  return { isRead: false, sku, reason: pointer === '' ? detail : `${pointer.slice(1)}: ${detail}` };
}
