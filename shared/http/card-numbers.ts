/**
 * Refuses the numbers of payment cards wherever a request has text: in every value of body, query and address, and in the
 * names of fields. It looks at what came in before any schema does, so no field can be forgotten, and its faults never repeat
 * what they found.
 */
import type * as z from 'zod';
import { cardNumberFault, holdsCardNumber } from '../values/card-number.ts';
import { longNumberAt } from '../values/long-number.ts';
import { escapePointer, type FieldFault } from './problem.ts';

const inName = 'The name of a field in here looks like the number of a payment card.';

/**
 * @param value what came in, unchecked and not nested without bound
 * @param base the pointer of the whole value
 */
export function cardNumberFaults(value: unknown, schema: z.ZodType | undefined, base: string): FieldFault[] {
  const faults: FieldFault[] = [];
  const path: string[] = [];
  const pointer = () => base + path.map((part) => `/${escapePointer(part)}`).join('');
  const look = (part: unknown): void => {
    if (typeof part === 'string' && holdsCardNumber(part)) {
      const detail = cardNumberFault(part, longNumberAt(schema, path));
      if (detail !== null) faults.push({ pointer: pointer(), detail });
    }
    if (typeof part !== 'object' || part === null) return;
    for (const [name, member] of Object.entries(part)) {
      if (holdsCardNumber(name)) faults.push({ pointer: pointer(), detail: inName });
      else {
        path.push(name);
        look(member);
        path.pop();
      }
    }
  };
  look(value);
  return faults;
}
