/** Changes of the ways to pay: one list, of which a change names the methods that it is about. */
import type {
  PaymentMethod,
  PaymentMethodChange,
  PaymentMethodsPatch,
} from '../../../shared/contracts/pricing/payment-methods.ts';
import { accept, refuse } from '../../../shared/values/result.ts';
import { type Edit, type IsExpected, invalid, refuseUnknownMarket, saves } from './edit.ts';
import { amountIn } from './offers.ts';
import { paymentMethodsOf, usualMethod } from './payment-methods.ts';
import type { PaymentMethodsRow, PricingSettings } from './settings.ts';

/** Shoppers read them as one list. */
const paymentMethodsMax = 50;

export function changePaymentMethods(
  settings: PricingSettings,
  { methods: changes = [], remove = [] }: PaymentMethodsPatch,
  isExpected: IsExpected,
): Edit<PaymentMethodsRow> {
  const row = paymentMethodsOf(settings);
  if (!isExpected(row.version)) return refuse({ code: 'precondition-failed', version: row.version });
  const byId = new Map(row.methods.map((method) => [method.id, method]));
  for (const [index, id] of remove.entries())
    if (!byId.delete(id)) return invalid(`/remove/${index}`, 'There is no such method.');
  for (const [index, change] of changes.entries()) {
    const changed = methodAfter(settings, byId.get(change.id), change, `/methods/${index}`);
    if (!changed.ok) return changed;
    byId.set(change.id, changed.value);
  }
  if (byId.size > paymentMethodsMax) return refuse({ code: 'settings-full', max: paymentMethodsMax });
  const methods = [...byId.values()].sort((a, b) => a.position - b.position || (a.id < b.id ? -1 : 1));
  const saved = { ...row, methods, version: row.version + 1 };
  return saves(saved, { paymentMethods: [saved] });
}

function methodAfter(
  settings: PricingSettings,
  before: PaymentMethod | undefined,
  { id, ...change }: PaymentMethodChange,
  pointer: string,
) {
  const named = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  const { provider = before?.provider, name = before?.name } = change;
  if (provider === undefined) return invalid(`${pointer}/provider`, 'A new way to pay needs a provider.');
  if (name === undefined) return invalid(`${pointer}/name`, 'A new way to pay needs a name.');
  const method: PaymentMethod = { ...usualMethod, ...before, ...named, id, provider, name };
  const unknown = refuseUnknownMarket(settings, method.marketIds, `${pointer}/marketIds`);
  if (unknown !== null) return unknown;
  for (const [index, { amount, currency }] of method.maxAmounts.entries())
    if (amount < (amountIn(method.minAmounts, currency) ?? 0))
      return invalid(`${pointer}/maxAmounts/${index}`, 'The most is less than the least.');
  return accept(method);
}
