/** A shop for the tests of set-up: pricing's own rules decide on every write, so a plan that they refuse fails its test. */
import { Market, MarketDraft, ShippingRate, ShippingRateDraft } from '../../shared/contracts/pricing/markets.ts';
import { PaymentMethods, PaymentMethodsPatch } from '../../shared/contracts/pricing/payment-methods.ts';
import { TaxRateDraft } from '../../shared/contracts/pricing/taxes.ts';
import { changed, type Edit, removeRow } from '../../workers/pricing/domain/edit.ts';
import { marketEdits, shippingRateEdits } from '../../workers/pricing/domain/edit-markets.ts';
import { changePaymentMethods } from '../../workers/pricing/domain/edit-payment-methods.ts';
import { taxRateEdits } from '../../workers/pricing/domain/edit-taxes.ts';
import { paymentMethodsOf } from '../../workers/pricing/domain/payment-methods.ts';
import type { PricingSettings, RowKind } from '../../workers/pricing/domain/settings.ts';
import type { ShopState } from './state.ts';
import type { Write } from './writes.ts';

/** A well-formed id that sorts by its number. */
const idOf = (prefix: string, at: number): string => `${prefix}_01${String(at).padStart(24, '0')}`;

export function marketRow(at: number, draft: object): ShopState['markets'][number] {
  const usual = { name: `Market ${at}`, currencies: ['EUR'], taxRate: '0.20', pricesIncludeTax: true };
  return { id: idOf('mkt', at), ...MarketDraft.parse({ ...usual, ...draft }), version: 1 };
}

export function rateRow(at: number, marketId: string, draft: object): ShopState['shippingRates'][number] {
  const usual = { marketId, name: 'Standard', prices: [{ amount: 490, currency: 'EUR' }] };
  return { id: idOf('shr', at), ...ShippingRateDraft.parse({ ...usual, ...draft }), version: 1 };
}

/** Germany, Austria, France with Monaco, and the rest of the world, each with one way to ship; cards only. */
export function freshShop(): ShopState {
  const markets = [
    marketRow(1, { name: 'Germany', countries: ['DE'], taxRate: '0.19', isDefault: true }),
    marketRow(2, { name: 'Austria', countries: ['AT'] }),
    marketRow(3, { name: 'France', countries: ['FR', 'MC'] }),
    marketRow(4, { name: 'Rest of the world', countries: [], taxRate: '0', isFallback: true }),
  ];
  const profile: ShopState['profile'] = {
    ...{ name: null, contactEmail: null, phone: null, storefrontUrl: null, legalName: null, address: null },
    ...{ vatId: null, mailFrom: null, mailReplyTo: null, version: 0 },
  };
  const shippingRates = markets.map(({ id }, index) => rateRow(index + 1, id, {}));
  const untold: ShopState = { profile, markets, shippingRates, taxRates: [], payment: { methods: [], version: 0 } };
  return { ...untold, payment: paymentOf(settingsOf(untold)) };
}

function paymentOf(settings: PricingSettings): ShopState['payment'] {
  const { methods, version } = paymentMethodsOf(settings);
  return PaymentMethods.parse({
    methods: methods.map((method) => ({ ...method, isConfigured: method.provider !== 'stripe' })),
    version,
  });
}

/** The shop after all writes in their order. Throws at the first that the shop would refuse. */
export function afterAll(state: ShopState, writes: readonly Write[]): ShopState {
  const made = new Map<string, string>();
  return writes.reduce((present, write, at) => {
    const marketId = write.market === undefined ? undefined : made.get(write.market.madeBy);
    const body = marketId === undefined ? write.body : { ...write.body, marketId };
    if (write.makes !== undefined) made.set(write.makes, idOf('mkt', 100 + at));
    return afterOne(present, { ...write, ...(body === undefined ? {} : { body }) }, 100 + at);
  }, state);
}

function afterOne(state: ShopState, write: Write, at: number): ShopState {
  const isExpected = (version: number): boolean => write.version === null || write.version === version;
  const [resource = '', id = ''] = write.path.replace('/admin/v1/', '').split('/');
  if (resource === 'shop') {
    if (!isExpected(state.profile.version)) throw new Error(`${write.what}: not at version ${write.version}`);
    return { ...state, profile: { ...state.profile, ...write.body, version: state.profile.version + 1 } };
  }
  const settings = settingsOf(state);
  const edit = editOf(settings, resource, id, write, at, isExpected);
  if (!edit.ok) throw new Error(`${write.what}: ${JSON.stringify(edit.refusal)}`);
  const next = changed(settings, edit.value, 0);
  return {
    ...state,
    markets: next.markets.map((market) => Market.parse(market)),
    shippingRates: next.shippingRates.map((rate) => ShippingRate.parse(rate)),
    taxRates: next.taxRates,
    payment: paymentOf(next),
  };
}

function settingsOf({ markets, shippingRates, taxRates, payment }: ShopState): PricingSettings {
  const methods = payment.methods.map(({ isConfigured: _is, ...method }) => method);
  const paymentMethods =
    payment.version === 0 ? [] : [{ id: 'payment-methods' as const, methods, version: payment.version }];
  return { version: 1, changedAt: 0, promotions: [], priceLists: [], markets, shippingRates, taxRates, paymentMethods };
}

const removable: Readonly<Record<string, RowKind>> = { 'shipping-rates': 'shippingRates', 'tax-rates': 'taxRates' };

function editOf(
  settings: PricingSettings,
  resource: string,
  id: string,
  { method, body = {} }: Write,
  at: number,
  isExpected: (version: number) => boolean,
): Edit<unknown> {
  if (resource === 'payment-methods')
    return changePaymentMethods(settings, PaymentMethodsPatch.parse(body), isExpected);
  if (method === 'DELETE') return removeRow(settings, removable[resource] ?? 'promotions', id, isExpected);
  if (resource === 'markets')
    return method === 'POST'
      ? marketEdits.add(settings, idOf('mkt', at), MarketDraft.parse(body))
      : marketEdits.change(settings, id, body, isExpected);
  if (resource === 'shipping-rates')
    return method === 'POST'
      ? shippingRateEdits.add(settings, idOf('shr', at), ShippingRateDraft.parse(body))
      : shippingRateEdits.change(settings, id, body, isExpected);
  return method === 'POST'
    ? taxRateEdits.add(settings, idOf('txr', at), TaxRateDraft.parse(body))
    : taxRateEdits.change(settings, id, body, isExpected);
}
