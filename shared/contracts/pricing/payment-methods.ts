/**
 * The ways to pay that a shop offers, as merchants see them: one list for all markets, each method narrowed down as far as it
 * says so. Only what is enabled, fits the cart and has a provider that this deployment has is offered to a shopper.
 */
import * as z from 'zod';
import { operation } from '../../http/operation.ts';
import { RealCountry } from '../../values/countries.ts';
import { CustomerGroups } from '../../values/customer.ts';
import { Id } from '../../values/ids.ts';
import { filledText } from '../../values/text.ts';
import { providerNames } from '../payments/api.ts';
import { isDistinct, Prices } from './places.ts';

/** The most methods that one request may name. */
const changesMax = 50;
const countriesMax = 300;
const marketsMax = 100;

export const PaymentMethodId = z
  .string()
  .max(40)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, {
    error: 'Give lower-case letters, digits and hyphens, such as "cash-on-delivery".',
  })
  .meta({ examples: ['invoice'] });

const Provider = z
  .enum(providerNames)
  .describe('`manual` is money that reaches the shop by itself: an invoice, a transfer, cash on delivery.');

const methodFields = {
  provider: Provider,
  name: filledText(100).describe('What shoppers read.'),
  isEnabled: z.boolean(),
  position: z
    .int()
    .min(0)
    .max(1_000)
    .describe('Lower ones are shown first, and chosen first by a payment that names none.'),
  marketIds: z.array(Id('market')).max(marketsMax).describe('Empty: in every market.'),
  countries: z
    .array(RealCountry)
    .max(countriesMax)
    .refine(isDistinct, { error: 'A country is listed twice.' })
    .describe('Where the goods go. Empty: to every country.'),
  minAmounts: Prices.describe('The least that may be left to pay, per currency; in a currency without one, anything.'),
  maxAmounts: Prices.describe('The most that may be left to pay, per currency; in a currency without one, anything.'),
  customerGroups: CustomerGroups.describe('Empty: for everyone.'),
  shipsUnpaid: z
    .boolean()
    .describe(
      'Whether orders that are paid so ship while money is outstanding, as with cash on delivery or an invoice with time to pay. Otherwise they are held until it is recorded.',
    ),
};

/** A method as it is kept. */
export const PaymentMethod = z.strictObject({ id: PaymentMethodId, ...methodFields });
export type PaymentMethod = z.infer<typeof PaymentMethod>;

export const PaymentMethods = z.strictObject({
  methods: z.array(
    PaymentMethod.extend({
      isConfigured: z
        .boolean()
        .describe('Whether this deployment has the provider. Without it the method is never offered.'),
    }),
  ),
  version: z.int(),
});
export type PaymentMethods = z.infer<typeof PaymentMethods>;

/** A method that is not there yet needs a provider and a name; what else it does not say is open to everyone, and held. */
const MethodChange = z.strictObject({ id: PaymentMethodId, ...z.strictObject(methodFields).partial().shape });
export type PaymentMethodChange = z.infer<typeof MethodChange>;

export const PaymentMethodsPatch = z.strictObject({
  methods: z
    .array(MethodChange)
    .max(changesMax)
    .refine((changes) => isDistinct(changes.map(({ id }) => id)), { error: 'A method is listed twice.' })
    .optional()
    .describe('Methods to change or to add, by their ids. All others stay, and so does what a change does not name.')
    .meta({ examples: [[{ id: 'manual', isEnabled: true }]] }),
  remove: z.array(PaymentMethodId).max(changesMax).optional().describe('Ids of methods that are gone for good.'),
});
export type PaymentMethodsPatch = z.infer<typeof PaymentMethodsPatch>;

const path = '/admin/v1/payment-methods';

export const readPaymentMethods = operation({
  id: 'readPaymentMethods',
  method: 'GET',
  path,
  summary: 'The ways to pay, in the order in which they are offered',
  answer: PaymentMethods,
  isConditional: true,
});

export const patchPaymentMethods = operation({
  id: 'patchPaymentMethods',
  method: 'PATCH',
  path,
  summary: 'Changes, adds and removes ways to pay; If-Match guards against a lost update',
  body: PaymentMethodsPatch,
  answer: PaymentMethods,
  refusals: ['precondition-failed', 'settings-full'],
});
