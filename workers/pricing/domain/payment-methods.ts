/**
 * Which ways to pay there are: what a merchant has set up, what a shop offers that was never told, and which of them fit a
 * cart.
 */
import type { ProviderName } from '../../../shared/contracts/payments/api.ts';
import type { OfferedPaymentMethod } from '../../../shared/contracts/pricing/api.ts';
import type { PaymentMethod } from '../../../shared/contracts/pricing/payment-methods.ts';
import { amountIn } from './offers.ts';
import type { ChosenMarket, PaymentMethodsRow, PricingSettings } from './settings.ts';

/** What a method is that does not say otherwise. */
export const usualMethod: Omit<PaymentMethod, 'id' | 'provider' | 'name'> = {
  isEnabled: true,
  position: 100,
  marketIds: [],
  countries: [],
  minAmounts: [],
  maxAmounts: [],
  customerGroups: [],
  shipsUnpaid: false,
};

/** Of a shop that was never told: cards, by whichever provider is there. Nobody gets goods for a promise unless a merchant says so. */
const usualMethods: PaymentMethodsRow = {
  id: 'payment-methods',
  methods: [
    { ...usualMethod, id: 'card', provider: 'stripe', name: 'Card', position: 10 },
    { ...usualMethod, id: 'test-card', provider: 'sandbox', name: 'Card (sandbox)', position: 20 },
    { ...usualMethod, id: 'manual', provider: 'manual', name: 'Invoice', position: 30, isEnabled: false },
  ],
  version: 0,
};

/** The one row of the ways to pay. */
export function paymentMethodsOf({ paymentMethods }: PricingSettings): PaymentMethodsRow {
  return paymentMethods[0] ?? usualMethods;
}

/** A cart as ways to pay are narrowed down by it. */
interface Paying {
  readonly chosen: ChosenMarket;
  readonly groups: readonly string[];
  /** What is left after gift cards and store credit. */
  readonly dueMinor: number;
  /** The providers that this deployment has. */
  readonly providers: readonly ProviderName[] | undefined;
}

/** What is offered for a cart, in the order in which it is shown. Nothing where nothing is left to pay. */
export function offeredMethods(settings: PricingSettings, paying: Paying): readonly OfferedPaymentMethod[] {
  if (paying.dueMinor === 0) return [];
  return paymentMethodsOf(settings)
    .methods.filter((method) => isOffered(method, paying))
    .map(({ id, provider, name }) => ({ id, provider, name }));
}

function isOffered(method: PaymentMethod, { chosen, groups, dueMinor, providers }: Paying): boolean {
  const { market, country, currency } = chosen;
  return (
    method.isEnabled &&
    (providers?.includes(method.provider) ?? true) &&
    isOpenTo(method.marketIds, market.id) &&
    isOpenTo(method.countries, country) &&
    isOpenTo(method.customerGroups, ...groups) &&
    dueMinor >= (amountIn(method.minAmounts, currency) ?? 0) &&
    dueMinor <= (amountIn(method.maxAmounts, currency) ?? dueMinor)
  );
}

/** An empty list is open to all. */
function isOpenTo(names: readonly string[], ...any: readonly string[]): boolean {
  return names.length === 0 || any.some((name) => names.includes(name));
}
