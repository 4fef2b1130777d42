/** What the inventory tells: the levels of one stock unit after a change. Each event carries the whole present state. */
import * as z from 'zod';
import { event } from './envelope.ts';

export const StockChanged = event(
  'inventory.stock-changed.v1',
  z.strictObject({
    stockUnitId: z.string(),
    onHand: z.int(),
    held: z.int(),
    committed: z.int(),
    available: z.int(),
    levels: z.array(z.strictObject({ locationId: z.string(), onHand: z.int(), held: z.int(), committed: z.int() })),
    asOf: z.string(),
  }),
);
