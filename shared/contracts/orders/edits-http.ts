/** Edits of an order over HTTP: previewed with a price, then confirmed by the token of the preview. */
import * as z from 'zod';
import { operation } from '../../http/operation.ts';
import type { ProblemCode } from '../../http/problem.ts';
import { AddressInput } from '../../values/address.ts';
import { Money } from '../../values/money.ts';
import { LineQuantityOrNone } from '../../values/quantity.ts';
import { text } from '../../values/text.ts';
import { checkGoods, checkHand, DiscountByHandInput, handFields, namedGoods } from '../cart/by-hand-http.ts';
import { LineView, TotalsView } from '../cart/http.ts';
import { always, created, lines, movesMoney, OrderParams, unquotable } from './operation-terms.ts';

const EditChanges = z.strictObject({
  /** New quantities of lines; 0 removes one. With a price or a discount where one is made by hand. */
  lines: lines(
    z
      .strictObject({ lineId: text(60), quantity: LineQuantityOrNone, ...handFields })
      .superRefine((line, context) => checkHand(line, context)),
  ).optional(),
  add: lines(z.strictObject(namedGoods).superRefine(checkGoods)).optional(),
  /** Where the goods go instead, with the tax and the shipping of that address. */
  shippingAddress: AddressInput.optional(),
  billingAddress: AddressInput.optional().describe(
    'Where the bill goes instead. It decides the tax of an order of which nothing is sent.',
  ),
  discount: DiscountByHandInput.optional().describe(
    'Off all goods together by hand. Absent: what was given before stays. Units that went back keep their share of an amount.',
  ),
});

export const EditPreview = z.strictObject({
  /** Confirms this very edit, as long as nothing else has touched the order. */
  token: z.string(),
  lines: z.array(LineView),
  totals: TotalsView,
  /** By how much the total changes. */
  delta: Money,
  /** What the payer gets back. */
  refund: Money,
  additionalPayment: Money.describe(
    'What is outstanding afterwards: owed beyond what was taken and what is still authorized. The same as `balances.outstanding` of the edited order.',
  ),
});

export type EditPreview = z.infer<typeof EditPreview>;

const editRefusals = [
  ...always,
  'unknown-line',
  'line-shipped',
  'edit-empties-order',
  'address-fixed',
  'contact-needed',
  'wrong-currency',
  ...unquotable,
] as const satisfies ProblemCode[];

export const previewEdit = operation({
  id: 'previewEdit',
  method: 'POST',
  path: '/admin/v1/orders/:orderId/edits/preview',
  summary: 'What an edit would cost, before it is done',
  params: OrderParams,
  body: EditChanges,
  answer: EditPreview,
  refusals: editRefusals,
  // It changes nothing.
  scopes: ['orders:read'],
  idempotency: 'none',
});

export const editOrder = operation({
  id: 'editOrder',
  method: 'POST',
  path: '/admin/v1/orders/:orderId/edits',
  summary: 'Add, remove or change what has not shipped, as previewed',
  params: OrderParams,
  body: EditChanges.extend({ token: text(100) }),
  ...created,
  ...movesMoney,
  refusals: [
    ...editRefusals,
    'edit-changed',
    'insufficient-stock',
    'hold-closed',
    'checkout-expired',
    'refund-declined',
    'gift-card-spent',
  ],
});

export const editsOperations = [previewEdit, editOrder];
