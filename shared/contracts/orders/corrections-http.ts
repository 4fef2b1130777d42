/** What merchants put right on an order: how its buyer is reached, where it goes, its note and tags, and a shipment that never left. */
import * as z from 'zod';
import { operation } from '../../http/operation.ts';
import { AddressInput } from '../../values/address.ts';
import { Metafields } from '../../values/metafields.ts';
import { Email, filledText, Phone, text } from '../../values/text.ts';
import { always, answered, OrderParams, unquotable } from './operation-terms.ts';

export const cancelFulfillment = operation({
  id: 'cancelFulfillment',
  method: 'POST',
  path: '/admin/v1/orders/:orderId/fulfillments/:fulfillmentId/cancel',
  summary: 'Take back a shipment that never left: its units are to ship again, and what was captured for them stays',
  params: OrderParams.extend({ fulfillmentId: text(60) }),
  body: z.strictObject({}),
  ...answered,
  refusals: [...always, 'fulfillment-settled'],
});

/** Words under which a merchant files orders. Two spellings of one word are kept as they are, and found alike. */
export const Tags = z.array(filledText(60)).max(50);

export const changeOrder = operation({
  id: 'changeOrder',
  method: 'PATCH',
  path: '/admin/v1/orders/:orderId',
  summary:
    'Correct e-mail, telephone, addresses, note, tags or metafields. An address that changes tax or shipping is changed by an edit, after its preview',
  params: OrderParams,
  body: z
    .strictObject({
      email: Email.optional(),
      phone: Phone.nullable().optional(),
      shippingAddress: AddressInput.optional(),
      billingAddress: AddressInput.nullable().optional(),
      note: text(1000).nullable().optional(),
      /** All tags that the order shall have; the list replaces the one before. */
      tags: Tags.optional(),
      /** Facts of other systems: all that the order shall have. */
      metafields: Metafields.optional(),
    })
    .refine((body) => Object.values(body).some((value) => value !== undefined), {
      error:
        'Name at least one thing to change: email, phone, shippingAddress, billingAddress, note, tags or metafields.',
    }),
  ...answered,
  refusals: [...always, 'address-fixed', 'address-changes-total', 'contact-needed', ...unquotable],
});

export const correctionsOperations = [cancelFulfillment, changeOrder];
