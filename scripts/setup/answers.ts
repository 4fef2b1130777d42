/**
 * What a merchant answers when a shop is set up: the same for questions in a terminal and for a file of answers. A part that is
 * left out stays as the shop has it; a part that is given says all of it.
 */
import * as z from 'zod';
import { MailSender, ShopPatch } from '../../shared/contracts/notifications/shop-http.ts';
import { MarketPatch, ShippingRatePatch } from '../../shared/contracts/pricing/markets.ts';
import { PaymentMethodsPatch } from '../../shared/contracts/pricing/payment-methods.ts';
import { TaxRateDraft } from '../../shared/contracts/pricing/taxes.ts';
import { readWith } from '../../shared/http/faults.ts';
import type { FieldFault } from '../../shared/http/problem.ts';
import { Email } from '../../shared/values/text.ts';

/** More markets than a shop can have countries for. */
const marketsMax = 300;
const shippingRatesMax = 50;

/** A way to ship within a market, known by its name. */
export const ShippingAnswer = ShippingRatePatch.omit({ marketId: true }).required({ name: true, prices: true });
export type ShippingAnswer = z.infer<typeof ShippingAnswer>;

/** A market, known by its countries; the first of all is the home market. */
export const MarketAnswer = MarketPatch.omit({ isDefault: true })
  .required({ name: true, countries: true, currencies: true, taxRate: true, pricesIncludeTax: true })
  .extend({ shipping: z.array(ShippingAnswer).max(shippingRatesMax).optional() });
export type MarketAnswer = z.infer<typeof MarketAnswer>;

const Mail = z
  .strictObject({
    from: MailSender.extend({ name: MailSender.shape.name.default(null) }).nullable(),
    replyTo: Email.nullable(),
  })
  .partial();

export const Answers = z.strictObject({
  shop: ShopPatch.omit({ mailFrom: true, mailReplyTo: true }).optional(),
  markets: z.array(MarketAnswer).min(1).max(marketsMax).optional(),
  otherMarkets: z
    .enum(['keep', 'close'])
    .optional()
    .describe('What becomes of markets that are not listed: they stay as they are, or nothing is sent there any more.'),
  taxes: z.array(TaxRateDraft).optional(),
  payment: PaymentMethodsPatch.shape.methods,
  mail: Mail.optional(),
});
export type Answers = z.infer<typeof Answers>;

/** Reads a file of answers, or names every field that is wrong. */
export function readAnswers(text: string): { readonly answers: Answers } | { readonly faults: readonly FieldFault[] } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { faults: [{ pointer: '', detail: `It is not JSON: ${error instanceof Error ? error.message : error}.` }] };
  }
  const read = readWith(Answers, value);
  if (!read.isRead) return { faults: read.faults };
  const faults = faultsBetween(read.value);
  return faults.length > 0 ? { faults } : { answers: read.value };
}

/** What no field shows by itself: fields that do not fit each other. */
function faultsBetween({ markets = [] }: Answers): readonly FieldFault[] {
  const faults: FieldFault[] = [];
  const owners = new Map<string, number>();
  for (const [at, { countries, isFallback, currencies, shipping = [] }] of markets.entries()) {
    const pointer = `/markets/${at}`;
    if (countries.length === 0 && (at === 0 || isFallback !== true))
      faults.push({
        pointer: `${pointer}/countries`,
        detail: 'Only a fallback market that is not the first names no country.',
      });
    for (const [index, country] of countries.entries()) {
      const owner = owners.get(country);
      if (owner !== undefined)
        faults.push({
          pointer: `${pointer}/countries/${index}`,
          detail: `${country} is in /markets/${owner} already.`,
        });
      owners.set(country, owner ?? at);
    }
    const names = shipping.map(({ name }) => name);
    for (const [index, { name, prices, freeFrom = [] }] of shipping.entries()) {
      const rate = `${pointer}/shipping/${index}`;
      if (names.indexOf(name) < index)
        faults.push({ pointer: `${rate}/name`, detail: 'An earlier one has that name.' });
      for (const field of [prices, freeFrom])
        for (const [place, { currency }] of field.entries())
          if (!currencies.includes(currency))
            faults.push({
              pointer: `${rate}/${field === prices ? 'prices' : 'freeFrom'}/${place}/currency`,
              detail: `The market does not sell in ${currency}.`,
            });
    }
  }
  if (markets.filter(({ isFallback }) => isFallback === true).length > 1)
    faults.push({ pointer: '/markets', detail: 'Only one market may be the fallback.' });
  return faults;
}
