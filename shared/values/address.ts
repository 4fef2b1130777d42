/** A postal address. What is mandatory beyond the country differs per country, so little is insisted on here. */
import * as z from 'zod';
import { forLongNumbers } from './long-number.ts';
import { Country, filledText, text } from './text.ts';

export const Address = z.strictObject({
  firstName: text(100).optional(),
  lastName: text(100).optional(),
  company: text(200).optional(),
  address1: filledText(200),
  address2: text(200).optional(),
  city: filledText(100),
  region: text(100).optional(),
  postalCode: text(20).optional(),
  country: Country,
  phone: forLongNumbers(text(40), 'a telephone number').optional(),
});
export type Address = z.infer<typeof Address>;
