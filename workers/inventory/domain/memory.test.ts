/** What a stock unit remembers of keys, and how long. */
import { describe, expect, test } from 'vitest';
import { dayMs } from '../../../shared/values/time.ts';
import {
  compactStock,
  decideStock,
  emptyStock,
  evolveStock,
  reviveStock,
  type Stock,
  totalsOf,
  type UnitCommand,
} from './decide.ts';

const now = 1_800_000_000_000;
const items = [{ locationId: 'loc_main', quantity: 2 }];

const played = (commands: readonly UnitCommand[], from: Stock = emptyStock): Stock =>
  commands.reduce((stock, command) => {
    const { events, refusal } = decideStock(stock, command);
    expect(refusal).toBeNull();
    return events.reduce(evolveStock, stock);
  }, from);

const shipped = played([
  { type: 'open', levels: { loc_main: 5 }, floor: 0, now },
  { type: 'hold', key: 'chk_1', quantity: 2, until: now + 1, now },
  { type: 'commit', key: 'chk_1', now },
  { type: 'ship', key: 'chk_1', fulfillmentKey: 'ful_1', items, now },
  {
    type: 'restock',
    restockKey: 'ret_1',
    items: [{ locationId: 'loc_main', quantity: 1, condition: 'sellable' }],
    now,
  },
  {
    type: 'send-transfer',
    transferId: 'trf_1',
    fromLocationId: 'loc_main',
    toLocationId: 'loc_shop',
    quantity: 1,
    now,
  },
]);

describe('a shipped commitment', () => {
  test('can be promised again while its parcel may be called back', () => {
    const later = now + 89 * dayMs;
    const kept = played(
      [{ type: 'unship', key: 'chk_1', fulfillmentKey: 'ful_1', now: later }],
      compactStock(shipped, later),
    );
    expect(totalsOf(kept)).toMatchObject({ onHand: 5, committed: 2 });
  });

  test('is forgotten with its parcel, so that a unit does not grow with every order; what travels is not', () => {
    const left = compactStock(shipped, now + 91 * dayMs);
    expect([left.holds.closed.size, left.shipments.size, left.done.size, left.transfers.size]).toEqual([0, 0, 0, 1]);
    expect(totalsOf(left)).toEqual(totalsOf(shipped));
  });
});

test('a snapshot reads back as it was written', () => {
  const json = JSON.stringify(shipped);
  expect(JSON.stringify(reviveStock(json))).toBe(json);
  expect(reviveStock(json).shipments.size).toBe(shipped.shipments.size);
});
