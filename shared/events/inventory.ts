/**
 * The events of the inventory: the levels of one stock unit after a change, each event with the whole present state; and that
 * a unit has come down to the level at which its merchant wants a notice, once per crossing.
 */
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
    levels: z.array(
      z.strictObject({
        locationId: z.string(),
        onHand: z.int(),
        held: z.int(),
        committed: z.int(),
        /** Never promised; absent when it is nothing. */
        safety: z.int().optional(),
      }),
    ),
    asOf: z.string(),
  }),
);

export const StockLow = event(
  'inventory.stock-low.v1',
  z.strictObject({ stockUnitId: z.string(), available: z.int(), lowStockAt: z.int(), asOf: z.string() }),
);
