/** What shoppers are offered to pay with, by what a merchant has said and what is in the cart. */
import { describe, expect, test } from 'vitest';
import { PaymentMethodsPatch } from '../../../shared/contracts/pricing/payment-methods.ts';
import { eur, guest, line, quoted, request, shop } from '../testing/settings.ts';
import { changed, type Edit } from './edit.ts';
import { changePaymentMethods } from './edit-payment-methods.ts';
import { paymentMethodsOf } from './payment-methods.ts';
import type { QuoteRequest } from './request.ts';
import type { PaymentMethodsRow, PricingSettings } from './settings.ts';

const always = () => true;
const change = (settings: PricingSettings, patch: object, isExpected = always): Edit<PaymentMethodsRow> =>
  changePaymentMethods(settings, PaymentMethodsPatch.parse(patch), isExpected);

function told(settings: PricingSettings, patch: object): PricingSettings {
  const edit = change(settings, patch);
  if (!edit.ok) throw new Error(JSON.stringify(edit.refusal));
  return changed(settings, edit.value, 2_000);
}

/** 100.00 in goods. */
function offered(settings: PricingSettings, changes: Partial<QuoteRequest> = {}): readonly string[] {
  const asked = request([line('a', 5_000, 2)], { needsPaymentMethods: true, ...changes });
  return (quoted(settings, asked).paymentMethods ?? []).map(({ id }) => id);
}

const invoice = { id: 'invoice', provider: 'manual', name: 'Invoice' };

describe('a shop that was never told how it is paid', () => {
  test('takes cards by the providers that are there, and nobody’s promise', () => {
    expect(offered(shop())).toEqual(['card', 'test-card']);
    expect(offered(shop(), { providers: ['manual', 'stripe'] })).toEqual(['card']);
    expect(offered(shop(), { providers: ['manual'] })).toEqual([]);
  });

  test('takes it when the merchant says so, and keeps the rest', () => {
    const settings = told(shop(), { methods: [{ id: 'manual', isEnabled: true }] });
    expect(offered(settings)).toEqual(['card', 'test-card', 'manual']);
    expect(paymentMethodsOf(settings).version).toBe(1);
    expect(offered(told(settings, { methods: [{ id: 'manual', isEnabled: false }] }))).toEqual(['card', 'test-card']);
  });

  test('says nothing of it to who does not ask, and all to a checkout', () => {
    const asked = request([line('a', 5_000)]);
    expect(quoted(shop(), asked)).not.toHaveProperty('paymentMethods');
    expect(quoted(shop(), { ...asked, isForCheckout: true }).paymentMethods).toHaveLength(2);
  });
});

describe('a way to pay', () => {
  const only = (method: object) =>
    told(shop(), { methods: [{ ...invoice, ...method }], remove: ['card', 'test-card'] });

  test.each([
    ['its market', { marketIds: ['mkt_de'] }, {}, true],
    ['its country', { countries: ['DE', 'AT'] }, {}, true],
    ['another country', { countries: ['AT'] }, {}, false],
    ['the least that is left to pay', { minAmounts: [eur(10_000)] }, {}, true],
    ['less than the least', { minAmounts: [eur(10_001)] }, {}, false],
    ['the most', { maxAmounts: [eur(10_000)] }, {}, true],
    ['more than the most', { maxAmounts: [eur(9_999)] }, {}, false],
    ['a least in another currency', { minAmounts: [{ amount: 99_999, currency: 'USD' }] }, {}, true],
    ['a most in another currency', { maxAmounts: [{ amount: 1, currency: 'USD' }] }, {}, true],
    ['its group', { customerGroups: ['trade'] }, { customer: { ...guest, groups: ['vip', 'trade'] } }, true],
    ['another group', { customerGroups: ['trade'] }, { customer: { ...guest, groups: ['vip'] } }, false],
    ['a guest', { customerGroups: ['trade'] }, {}, false],
    ['a card that leaves less than the least', { minAmounts: [eur(9_000)] }, withCard(2_000), false],
    ['a card that leaves no more than the most', { maxAmounts: [eur(8_000)] }, withCard(2_000), true],
    ['nothing left to pay', {}, withCard(10_000), false],
    ['a merchant who switched it off', { isEnabled: false }, {}, false],
  ])('for %s', (_, method, asked, isOffered) => {
    const { marketIds, ...rest } = { marketIds: [], ...method };
    const settings = only(rest);
    const row = paymentMethodsOf(settings);
    const methods = row.methods.map((one) => (one.id === 'invoice' ? { ...one, marketIds } : one));
    expect(offered({ ...settings, paymentMethods: [{ ...row, methods }] }, asked)).toEqual(
      isOffered ? ['invoice'] : [],
    );
  });

  test('is not offered in a market that it does not name', () => {
    const row = paymentMethodsOf(only({}));
    const methods = row.methods.map((one) => ({ ...one, marketIds: ['mkt_other'] }));
    expect(offered(shop({ paymentMethods: [{ ...row, methods }] }))).toEqual([]);
  });

  test('is shown by its position, and then by its id', () => {
    const settings = told(shop(), {
      methods: [
        { ...invoice, id: 'b', position: 15 },
        { ...invoice, id: 'a', position: 15 },
        { ...invoice, id: 'first', position: 0 },
      ],
    });
    expect(offered(settings)).toEqual(['first', 'card', 'a', 'b', 'test-card']);
  });
});

describe('a change of the ways to pay', () => {
  test.each([
    [
      'names a market that there is not',
      { methods: [{ ...invoice, marketIds: [`mkt_${'0'.repeat(26)}`] }] },
      '/methods/0/marketIds/0',
    ],
    [
      'adds one without a provider',
      {
        methods: [
          { id: 'manual', name: 'x' },
          { id: 'new', name: 'x' },
        ],
      },
      '/methods/1/provider',
    ],
    ['adds one without a name', { methods: [{ id: 'new', provider: 'manual' }] }, '/methods/0/name'],
    ['removes one that there is not', { remove: ['card', 'nothing'] }, '/remove/1'],
    ['removes one twice', { remove: ['card', 'card'] }, '/remove/1'],
    [
      'asks for more at least than at most',
      { methods: [{ ...invoice, minAmounts: [eur(2)], maxAmounts: [eur(1)] }] },
      '/methods/0/maxAmounts/0',
    ],
  ])('that %s is refused by its field', (_, patch, pointer) => {
    expect(change(shop(), patch)).toMatchObject({
      ok: false,
      refusal: { code: 'invalid-input', errors: [{ pointer }] },
    });
  });

  test('of a half is compared with the half that stays', () => {
    const settings = told(shop(), { methods: [{ ...invoice, minAmounts: [eur(200)] }] });
    expect(change(settings, { methods: [{ id: 'invoice', maxAmounts: [eur(100)] }] })).toMatchObject({ ok: false });
  });

  test('that another one has overtaken is refused, and names the version', () => {
    const settings = told(shop(), { methods: [invoice] });
    const isExpected = (version: number) => version === 0;
    expect(changePaymentMethods(settings, {}, isExpected)).toEqual({
      ok: false,
      refusal: { code: 'precondition-failed', version: 1 },
    });
  });

  test('brings no more than fifty', () => {
    const methods = Array.from({ length: 48 }, (_, index) => ({ ...invoice, id: `m-${index}` }));
    expect(change(shop(), { methods })).toMatchObject({ ok: false, refusal: { code: 'settings-full', max: 50 } });
    expect(change(shop(), { methods, remove: ['card'] })).toMatchObject({ ok: true });
  });

  test('puts back what it removes in the same breath', () => {
    const settings = told(shop(), { methods: [{ ...invoice, id: 'card' }], remove: ['card'] });
    expect(paymentMethodsOf(settings).methods.find(({ id }) => id === 'card')).toMatchObject({ provider: 'manual' });
  });
});

function withCard(balanceMinor: number): Partial<QuoteRequest> {
  return { giftCards: [{ key: 'gift:1', balanceMinor }] };
}
