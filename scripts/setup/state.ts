/** A shop as it is set up now, and the same as answers: what questions offer, and what `--print-answers` writes. */
import { ShopProfile } from '../../shared/contracts/notifications/shop-http.ts';
import { markets, shippingRates } from '../../shared/contracts/pricing/http.ts';
import type { Market, ShippingRate } from '../../shared/contracts/pricing/markets.ts';
import { PaymentMethods } from '../../shared/contracts/pricing/payment-methods.ts';
import { TaxRateRow } from '../../shared/contracts/pricing/taxes.ts';
import type { ShopClient } from '../lib/shop-client.ts';
import type { Answers, MarketAnswer, ShippingAnswer } from './answers.ts';

export interface ShopState {
  readonly profile: ShopProfile;
  readonly markets: readonly Market[];
  readonly shippingRates: readonly ShippingRate[];
  readonly taxRates: readonly TaxRateRow[];
  readonly payment: PaymentMethods;
}

export async function readState(client: ShopClient): Promise<ShopState> {
  return {
    profile: await client.read('/admin/v1/shop', ShopProfile),
    markets: (await client.read('/admin/v1/markets', markets.list.answer)).items,
    shippingRates: (await client.read('/admin/v1/shipping-rates', shippingRates.list.answer)).items,
    taxRates: await client.list('/admin/v1/tax-rates', TaxRateRow),
    payment: await client.read('/admin/v1/payment-methods', PaymentMethods),
  };
}

/** Answers that change nothing of this shop. */
export function answersOf(state: ShopState): Answers {
  const { version: _, mailFrom: from, mailReplyTo: replyTo, ...shop } = state.profile;
  const homeFirst = [...state.markets].sort((one, other) => Number(other.isDefault) - Number(one.isDefault));
  return {
    shop,
    markets: homeFirst.map((market) => marketAnswerOf(state, market)),
    taxes: state.taxRates.map(({ id: _id, version: _version, ...rate }) => rate),
    payment: state.payment.methods.map(({ isConfigured: _isConfigured, ...method }) => method),
    mail: { from, replyTo },
  };
}

export function marketAnswerOf(state: ShopState, market: Market): MarketAnswer {
  const { id, version: _version, isDefault: _isDefault, ...answer } = market;
  return { ...answer, shipping: ratesOf(state, id).map(shippingAnswerOf) };
}

export function ratesOf(
  { shippingRates }: Pick<ShopState, 'shippingRates'>,
  marketId: string,
): readonly ShippingRate[] {
  return shippingRates.filter((rate) => rate.marketId === marketId);
}

function shippingAnswerOf({ id: _id, version: _version, marketId: _market, ...answer }: ShippingRate): ShippingAnswer {
  return answer;
}
