/** The ledger engine: what it refuses, and that its balances depend on what happened, never on when it was heard of. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  balancesOf,
  type Ledger,
  type LedgerRefusal,
  type Movement,
  type MovementType,
  pendingRequests,
  progressOf,
  report,
  request,
  requestKinds,
} from './ledger.ts';

const empty: Ledger = { currency: 'EUR', stepMinor: 1, movements: [] };

function one<Type extends MovementType>(type: Type, ref: string, amountMinor: number, at = 0): Movement<Type> {
  return { type, ref, amountMinor, at };
}

function heard(...movements: Movement[]): Ledger {
  return movements.reduce((ledger, movement) => {
    const noted = report(ledger, movement, 'EUR');
    return noted.ok ? noted.value : ledger;
  }, empty);
}

describe('a request', () => {
  const ledger = heard(one('authorize', 'a', 1000), one('capture', 'c', 600));

  test.each([
    ['capture', 400, null],
    ['capture', 401, { code: 'exceeds-open-authorization', maxMinor: 400 }],
    ['void', 401, { code: 'exceeds-open-authorization', maxMinor: 400 }],
    ['refund', 600, null],
    ['refund', 601, { code: 'exceeds-held', maxMinor: 600 }],
    ['refund', 0, { code: 'amount-not-positive' }],
  ] as const)('to %s %i of 1000 with 600 captured', (kind, amountMinor, refusal) => {
    const noted = request(ledger, one(`${kind}Requested`, 'x', amountMinor), 'EUR');
    expect(noted.ok ? null : noted.refusal).toEqual(refusal);
  });

  test.each<[string, Movement<'refundRequested'>, string, LedgerRefusal]>([
    ['in another currency', one('refundRequested', 'x', 100), 'USD', { code: 'currency-mismatch' }],
    ['that is no multiple', one('refundRequested', 'x', 105), 'EUR', { code: 'amount-not-payable', stepMinor: 10 }],
  ])('%s is refused', (_, movement, currency, refusal) => {
    expect(request({ ...ledger, stepMinor: 10 }, movement, currency)).toEqual({ ok: false, refusal });
  });

  test('of which the outcome is known is not asked again, and stands for one amount', () => {
    const done = heard(one('capture', 'c', 600), one('refund', 'r', 600));
    expect(request(done, one('refundRequested', 'r', 600), 'EUR')).toEqual({ ok: true, value: done });
    expect(request(done, one('refundRequested', 'r', 5), 'EUR')).toMatchObject({
      refusal: { code: 'reference-conflict' },
    });
    expect(progressOf(done, 'refund', 'r')).toBe('done');
  });
});

describe('a failure', () => {
  test.each([
    ['later than the success undoes it', 2, 0, 'failed'],
    ['of an earlier attempt leaves it', 0, 500, 'done'],
    ['of the same moment leaves it', 1, 500, 'done'],
  ] as const)('%s, in either order of arrival', (_, at, refundedMinor, progress) => {
    const success = one('refund', 'r', 500, 1);
    const failure = one('refundFailed', 'r', 500, at);
    for (const ledger of [heard(success, failure), heard(failure, success)]) {
      expect(balancesOf(ledger).refundedMinor).toBe(refundedMinor);
      expect(progressOf(ledger, 'refund', 'r')).toBe(progress);
    }
  });

  test('frees what its request had reserved', () => {
    const asked = request(heard(one('capture', 'c', 900)), one('refundRequested', 'r', 900), 'EUR');
    if (!asked.ok) throw new Error(asked.refusal.code);
    expect(balancesOf(asked.value)).toMatchObject({ heldMinor: 0, pendingMinor: { refund: 900 } });
    const failed = report(asked.value, one('refundFailed', 'r', 0), 'EUR');
    if (!failed.ok) throw new Error(failed.refusal.code);
    expect(balancesOf(failed.value)).toMatchObject({ heldMinor: 900, pendingMinor: { refund: 0 } });
  });
});

describe('a report', () => {
  test('of the same reference with another amount is refused', () => {
    expect(report(heard(one('capture', 'c', 5)), one('capture', 'c', 6), 'EUR')).toMatchObject({
      refusal: { code: 'reference-conflict' },
    });
  });

  test('may adjust an authorization down to nothing, but not capture nothing', () => {
    const adjusted = heard(one('authorize', 'a', 900, 1), one('authorizeAdjusted', 'b', 0, 2));
    expect(balancesOf(adjusted).openAuthorizationMinor).toBe(0);
    expect(report(empty, one('capture', 'c', 0), 'EUR')).toMatchObject({ refusal: { code: 'amount-not-positive' } });
  });
});

const types: readonly MovementType[] = [
  ...(['authorize', 'authorizeFailed', 'authorizeAdjusted', 'capture', 'captureFailed', 'refund'] as const),
  ...(['refundFailed', 'refundReversed', 'void', 'chargeback', 'chargebackFailed'] as const),
];
/** Every reference stands for one amount and every type of it happened at one time, as at a provider that means what it says. */
const movement = fc
  .record({ type: fc.constantFrom(...types), ref: fc.constantFrom('a', 'b', 'c'), at: fc.integer({ min: 0, max: 5 }) })
  .map(({ type, ref, at }) => one(type, ref, 100 * (1 + 'abc'.indexOf(ref)), at));

test('any order and any repetition of reports ends in the same balances', () => {
  const sets = fc.uniqueArray(movement, { selector: ({ type, ref }) => `${type} ${ref}`, maxLength: 12 });
  const shuffled = sets.chain((facts) =>
    fc.tuple(
      fc.constant(facts),
      fc.shuffledSubarray(facts, { minLength: facts.length }),
      facts.length === 0 ? fc.constant([]) : fc.array(fc.constantFrom(...facts), { maxLength: 8 }),
    ),
  );
  fc.assert(
    fc.property(shuffled, ([facts, order, again]) => {
      expect(balancesOf(heard(...order, ...again))).toEqual(balancesOf(heard(...facts)));
    }),
    { numRuns: 2_000 },
  );
});

test('requests that were let through never take more than was authorized, nor give back more than was captured', () => {
  const kind = fc.constantFrom(...requestKinds.filter((name) => name !== 'authorize'));
  const asked = fc.record({
    kind,
    ref: fc.constantFrom('1', '2', '3', '4', '5', '6'),
    amountMinor: fc.integer({ min: 1, max: 900 }),
    ends: fc.constantFrom('success', 'failure', 'never'),
  });
  fc.assert(
    fc.property(fc.array(asked, { maxLength: 30 }), (requests) => {
      let ledger = heard(one('authorize', 'a', 1000));
      for (const [at, { kind: name, ref, amountMinor, ends }] of requests.entries()) {
        const noted = request(ledger, one(`${name}Requested`, ref, amountMinor, at), 'EUR');
        if (!noted.ok) continue;
        ledger = noted.value;
        if (ends === 'never' || !pendingRequests(ledger, name).some((pending) => pending.ref === ref)) continue;
        const end = report(ledger, one(ends === 'success' ? name : `${name}Failed`, ref, amountMinor, at), 'EUR');
        if (end.ok) ledger = end.value;
        const balances = balancesOf(ledger);
        expect(balances.capturedMinor + balances.voidedMinor).toBeLessThanOrEqual(1000);
        expect(balances.refundedMinor).toBeLessThanOrEqual(balances.capturedMinor);
        expect(balances.heldMinor).toBeGreaterThanOrEqual(0);
      }
    }),
    { numRuns: 2_000 },
  );
});
