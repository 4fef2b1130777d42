/**
 * Which fields are made for long numbers that are no card's: a barcode, a SKU, the number of a parcel, a VAT id, a telephone
 * number, an id of another system. This list is all of them; every other text is free text. See `card-number.ts` for what
 * that changes.
 */
import * as z from 'zod';

const fields = z.registry<{ readonly name: string }>();

/** Marks a schema as made for long numbers. Do it last: what is refined afterwards is another schema. */
export function forLongNumbers<Schema extends z.ZodType>(schema: Schema, name: string): Schema {
  fields.add(schema, { name });
  return schema;
}

/** What a field is made for, such as "a barcode"; null when that is not known to be a long number. */
export function longNumberAt(schema: z.ZodType | undefined, path: readonly string[]): string | null {
  if (schema === undefined) return null;
  const marked = fields.get(schema);
  if (marked !== undefined) return path.length === 0 ? marked.name : null;
  for (const [next, rest] of stepsInto(schema, path)) {
    const name = longNumberAt(next, rest);
    if (name !== null) return name;
  }
  return null;
}

type Step = readonly [schema: z.ZodType, rest: readonly string[]];

/** The schemas of which the one at the path may be a part, with what is left of the path in each. */
function stepsInto(schema: z.ZodType, path: readonly string[]): Step[] {
  const step = (next: unknown, rest = path): Step[] => (next instanceof z.ZodType ? [[next, rest]] : []);
  const [first, ...rest] = path;
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => step(option));
  if (schema instanceof z.ZodPipe) return step(schema.in);
  if (schema instanceof z.ZodLazy) return step(schema.unwrap());
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodReadonly
  )
    return step(schema.unwrap());
  if (first === undefined) return [];
  if (schema instanceof z.ZodObject) return Object.hasOwn(schema.shape, first) ? step(schema.shape[first], rest) : [];
  if (schema instanceof z.ZodArray) return step(schema.element, rest);
  return schema instanceof z.ZodRecord ? step(schema.valueType, rest) : [];
}
