/** What is owed after an edit, and what units are worth that come back. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sumOf } from './money.ts';
import { refundUnits, settle } from './settlement.ts';

describe('an edited order', () => {
  test.each([
    { total: 900, paid: 1000, refund: 100, additional: 0 },
    { total: 1000, paid: 1000, refund: 0, additional: 0 },
    { total: 1100, paid: 1000, refund: 0, additional: 100 },
  ])('that costs $total and was paid $paid', ({ total, paid, refund, additional }) => {
    expect(settle(total, paid)).toEqual({
      balanceMinor: total - paid,
      refundMinor: refund,
      additionalPaymentMinor: additional,
    });
  });
});

describe('units that come back', () => {
  const line = { grossMinor: 1000, taxMinor: 167, quantity: 3 };

  test('are taken from the end, where the smaller shares are', () => {
    expect(refundUnits(line, 0, 1)).toEqual({ ok: true, value: { grossMinor: 333, taxMinor: 55, netMinor: 278 } });
    expect(refundUnits(line, 2, 1)).toEqual({ ok: true, value: { grossMinor: 334, taxMinor: 56, netMinor: 278 } });
  });

  test('are refused beyond what was bought', () => {
    expect(refundUnits(line, 2, 2)).toEqual({ ok: false, refusal: { code: 'more-than-bought', maxQuantity: 1 } });
    expect(refundUnits(line, 3, 1)).toEqual({ ok: false, refusal: { code: 'more-than-bought', maxQuantity: 0 } });
  });

  test('add up to what was paid, however they come back', () => {
    const anyLine = fc.tuple(fc.nat({ max: 100_000 }), fc.integer({ min: 1, max: 40 }));
    fc.assert(
      fc.property(anyLine, fc.array(fc.integer({ min: 1, max: 10 })), ([grossMinor, quantity], returns) => {
        const paid = { grossMinor, taxMinor: Math.floor(grossMinor / 6), quantity };
        const refunds: { grossMinor: number; taxMinor: number }[] = [];
        let returned = 0;
        for (const wished of [...returns, quantity]) {
          const units = Math.min(wished, quantity - returned);
          const refund = refundUnits(paid, returned, units);
          if (!refund.ok) throw new Error('refused');
          refunds.push(refund.value);
          returned += units;
        }
        expect(sumOf(refunds.map((refund) => refund.grossMinor))).toBe(paid.grossMinor);
        expect(sumOf(refunds.map((refund) => refund.taxMinor))).toBe(paid.taxMinor);
      }),
    );
  });
});
