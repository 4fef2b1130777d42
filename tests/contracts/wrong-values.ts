/** Values that a schema should refuse: wrong as a whole, and wrong in one field at a time, as deep as its objects go. */
import * as z from 'zod';

const wrong: readonly unknown[] = [
  undefined,
  null,
  true,
  0,
  -1.5,
  1e300,
  '',
  ' ',
  'x'.repeat(20_000),
  '\u0000',
  [],
  [null],
  [{}],
  {},
  { nope: 1 },
];

/** The fields of an object schema below whatever wraps it; empty for anything else. */
function fieldsOf(schema: z.core.$ZodType): readonly (readonly [name: string, field: z.core.$ZodType])[] {
  if (schema instanceof z.ZodObject) return Object.entries(schema.shape);
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return fieldsOf(schema.unwrap());
  if (schema instanceof z.ZodPipe) return fieldsOf(schema.in);
  if (schema instanceof z.ZodLazy) return fieldsOf(schema.unwrap());
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(fieldsOf);
  return [];
}

function elementOf(schema: z.core.$ZodType): z.core.$ZodType | null {
  if (schema instanceof z.ZodArray) return schema.element;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return elementOf(schema.unwrap());
  if (schema instanceof z.ZodPipe) return elementOf(schema.in);
  return null;
}

const depthMax = 4;

export function* wrongValues(schema: z.core.$ZodType, depth = 0): Generator<unknown> {
  yield* wrong;
  if (depth === depthMax) return;
  for (const [name, field] of fieldsOf(schema))
    for (const value of wrongValues(field, depth + 1)) yield { [name]: value };
  const element = elementOf(schema);
  if (element !== null) for (const value of wrongValues(element, depth + 1)) yield [value];
}
