/** What merchants do with the goods of an order over HTTP: ship them, and say how they are tracked. */
import * as z from 'zod';
import { operation } from '../../http/operation.ts';
import { text } from '../../values/text.ts';
import { always, answered, created, lines, lineUnits, movesMoney, OrderParams } from './operation-terms.ts';
import { Tracking } from './orders-http.ts';

const LocationId = text(60);

export const fulfillOrder = operation({
  id: 'fulfillOrder',
  method: 'POST',
  path: '/admin/v1/orders/:orderId/fulfillments',
  summary: 'Ship some units of an order, or all that are left',
  params: OrderParams,
  body: z.strictObject({
    /** Absent: all that is left. */
    lines: lines(
      z.strictObject({
        ...lineUnits,
        locationId: LocationId.optional(),
      }),
    )
      .min(1)
      .optional(),
    /** From where lines ship that name no location. Absent: from where their stock is promised. */
    locationId: LocationId.optional(),
    tracking: Tracking.partial().optional(),
    /** Whether authorized money is taken for what ships. Absent: as the order's capture mode says. */
    capture: z.boolean().optional(),
    shipUnpaid: z
      .boolean()
      .optional()
      .describe(
        'Ships although money is outstanding. Otherwise such an order is held, unless its way to pay says `shipsUnpaid`.',
      ),
  }),
  ...created,
  ...movesMoney,
  refusals: [
    ...always,
    'unknown-line',
    'more-than-ordered',
    'payment-outstanding',
    'location-needed',
    'unknown-location',
    'insufficient-stock',
    'not-committed',
    'movement-closed',
    'movement-key-conflict',
    'unknown-stock-unit',
    'payment-declined',
    'payment-failed',
  ],
});

export const trackFulfillment = operation({
  id: 'trackFulfillment',
  method: 'PATCH',
  path: '/admin/v1/orders/:orderId/fulfillments/:fulfillmentId',
  summary: 'Say how a shipment is tracked',
  params: OrderParams.extend({ fulfillmentId: text(60) }),
  body: z.strictObject({ tracking: Tracking.partial() }),
  ...answered,
  refusals: always,
});

export const shipmentsOperations = [fulfillOrder, trackFulfillment];
