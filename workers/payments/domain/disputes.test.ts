/** Disputes by their movements: the same story in whatever order it is heard, and books that tell a contest from a loss. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bookingsBetween } from './bookings.ts';
import { disputesOf } from './disputes.ts';
import { balancesOf, type Ledger, type Movement, type ReportType, report } from './ledger.ts';

const captured: Movement = { type: 'capture', ref: 'c', amountMinor: 2000, at: 1 };
const authorized: Movement = { type: 'authorize', ref: 'a', amountMinor: 2000, at: 0 };
const blank: Ledger = { currency: 'EUR', stepMinor: 1, movements: [authorized, captured] };
const said = (type: ReportType, amountMinor = 500): Movement<ReportType> => {
  return { type, ref: 'dp_1', amountMinor, at: type === 'chargebackFailed' ? 8 : 7 };
};

function hear(...movements: readonly Movement<ReportType>[]): Ledger {
  return movements.reduce<Ledger>((ledger, movement) => {
    const noted = report(ledger, movement, 'EUR');
    return noted.ok ? noted.value : ledger;
  }, blank);
}

/** Every account that is not level after the bookings of a whole story. */
function accountsOf(...ledgers: readonly Ledger[]): Record<string, number> {
  const owner = { paymentKey: 'ord_1', provider: 'sandbox', currency: 'EUR' } as const;
  const balances: Record<string, number> = {};
  let before = blank;
  for (const ledger of ledgers) {
    for (const { entries } of bookingsBetween(owner, before, ledger))
      for (const { account, amountMinor } of entries) balances[account] = (balances[account] ?? 0) + amountMinor;
    before = ledger;
  }
  return Object.fromEntries(Object.entries(balances).filter(([, amount]) => amount !== 0));
}

const story = ['dispute', 'chargeback', 'disputeLost', 'disputeWon', 'chargebackFailed'] as const;
const upTo = (...types: readonly ReportType[]) => hear(...types.map((type) => said(type)));

describe('a dispute', () => {
  test.each([
    [['dispute'], 'open', 2000, 0, {}],
    [['dispute', 'chargeback'], 'open', 1500, 0, { chargebacks: 500, 'provider-receivable:sandbox': -500 }],
    [
      ['dispute', 'chargeback', 'disputeLost'],
      'lost',
      1500,
      500,
      { 'dispute-losses': 500, 'provider-receivable:sandbox': -500 },
    ],
    [['dispute', 'disputeLost'], 'lost', 2000, 0, {}],
    [
      ['dispute', 'chargeback', 'disputeWon'],
      'won',
      1500,
      0,
      { chargebacks: 500, 'provider-receivable:sandbox': -500 },
    ],
    [['dispute', 'chargeback', 'disputeWon', 'chargebackFailed'], 'won', 2000, 0, {}],
    // An appeal is won after all.
    [['dispute', 'chargeback', 'disputeLost', 'disputeWon', 'chargebackFailed'], 'won', 2000, 0, {}],
  ] as const)('of which is known %j is %s', (types, status, heldMinor, lostMinor, accounts) => {
    const ledger = upTo(...types);
    expect(disputesOf(ledger)).toMatchObject([{ ref: 'dp_1', status, amountMinor: 500 }]);
    expect(balancesOf(ledger)).toMatchObject({ heldMinor, lostMinor });
    expect(accountsOf(ledger)).toEqual(accounts);
  });

  test('ends the same in whatever order it is heard, and however often', () => {
    const heard = fc
      .subarray([...story], { minLength: 1 })
      .chain((types) => fc.tuple(fc.constant(types), fc.shuffledSubarray([...types, ...types], { minLength: 0 })));
    fc.assert(
      fc.property(heard, ([types, order]) => {
        const direct = upTo(...types);
        const steps = [...order, ...types].map((_, index, all) => upTo(...all.slice(0, index + 1)));
        const last = steps.at(-1) ?? blank;
        expect(balancesOf(last)).toEqual(balancesOf(direct));
        expect(disputesOf(last).map(({ status }) => status)).toEqual(disputesOf(direct).map(({ status }) => status));
        expect(accountsOf(...steps)).toEqual(accountsOf(direct));
      }),
    );
  });
});
