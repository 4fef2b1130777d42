/** The events as the document shows them: what each says, the schema of its data, and one that was written. */
import * as z from 'zod';
import { isSchema } from './examples.ts';
import type { Recorded } from './recorded.ts';
import type { JsonSchema } from './schemas.ts';

/** One sentence per type. A type without one does not get into the document unnoticed: a test names it. */
export const eventTexts: Readonly<Record<string, string>> = {
  'catalog.product-changed.v1': 'A product was made or changed, with its variants as they are now.',
  'catalog.products-imported.v1': 'An import made or changed these products; one event for each part of the file.',
  'catalog.product-deleted.v1': 'A product was deleted.',
  'inventory.stock-changed.v1': 'The stock of one unit is now this, in all and at each location.',
  'inventory.stock-low.v1':
    'A unit has come down to the level of which its merchant wants to know; told once per crossing.',
  'orders.order-placed.v1': 'An order was placed. Its goods are held; the money may still be on its way.',
  'orders.order-paid.v1': 'All of the money of an order was taken.',
  'orders.order-canceled.v1': 'An order was canceled; what was held and paid goes back.',
  'orders.payment-captured.v1': 'Money was taken after the checkout, or received by the merchant.',
  'orders.order-fulfilled.v1': 'Units of an order were shipped.',
  'orders.fulfillment-canceled.v1': 'A shipment that never left was taken back: its units are to ship again.',
  'orders.order-changed.v1':
    'How the buyer is reached, where the order goes, its note or its tags were corrected. No money and no goods.',
  'orders.refund-made.v1': 'Money was given back, or the provider has taken on to do so.',
  'orders.refund-declined.v1': 'A refund that the provider had taken on was not paid out in the end.',
  'orders.payment-observed.v1': 'The provider reports refunds or disputes that no operation of the order explains.',
  'orders.return-requested.v1': 'A return was asked for.',
  'orders.return-received.v1': 'Returned goods have arrived.',
  'orders.order-edited.v1': 'Lines of a placed order were added, removed or changed.',
  'payments.payment-updated.v1':
    'The provider told something new of a payment: an authorization, a capture, a refund, a dispute.',
};

/** An event that carries all that another one does is described by that one and what it adds. */
export function describeEvents(
  events: ReadonlyMap<string, z.ZodType>,
  recorded: Recorded,
): Readonly<Record<string, JsonSchema>> {
  const whole = new Map<string, JsonSchema>();
  return Object.fromEntries(
    [...events].map(([type, data]) => {
      // A reader must expect further fields: they may be added to a version.
      const {
        $schema: _schema,
        additionalProperties: _strict,
        ...own
      }: JsonSchema = z.toJSONSchema(data, {
        override: withoutSafeBounds,
      });
      const base = [...whole].find(([, schema]) => hasAllOf(own, schema));
      if (base === undefined) whole.set(type, own);
      const schema = base === undefined ? own : added(own, ...base);
      const example = recorded.events[type];
      return [type, { summary: eventTexts[type] ?? '', schema, ...(example === undefined ? {} : { example }) }];
    }),
  );
}

function propertiesOf({ properties }: JsonSchema): readonly [name: string, form: string][] {
  return isSchema(properties) ? Object.entries(properties).map(([name, field]) => [name, JSON.stringify(field)]) : [];
}

function hasAllOf(schema: JsonSchema, base: JsonSchema): boolean {
  const own = new Map(propertiesOf(schema));
  return propertiesOf(base).every(([name, form]) => own.get(name) === form);
}

function added(schema: JsonSchema, type: string, base: JsonSchema): JsonSchema {
  const known = new Set(propertiesOf(base).map(([name]) => name));
  const isNew = (name: unknown): boolean => !known.has(String(name));
  const properties = Object.fromEntries(
    Object.entries(isSchema(schema.properties) ? schema.properties : {}).filter(([name]) => isNew(name)),
  );
  const required = Array.isArray(schema.required) ? schema.required.filter(isNew) : [];
  return { allOf: [{ $ref: `#/x-events/${type}/schema` }, { type: 'object', properties, required }] };
}

/** "A safe integer" is no bound that a reader wants to know. */
function withoutSafeBounds({ jsonSchema }: { jsonSchema: JsonSchema }): void {
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
}
