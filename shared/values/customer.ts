/** Who a customer is to the shop, in the words of the merchant's own system: only that system can say it. */
import * as z from 'zod';
import { forLongNumbers } from './long-number.ts';
import { filledText } from './text.ts';

export const CustomerId = forLongNumbers(
  z.string().regex(/^[\w-]{1,64}$/, { error: 'Not the id of a customer.' }),
  'the id of a customer',
);

/** What prices and promotions can be kept for, such as `trade`. */
export const CustomerGroups = z.array(filledText(100)).max(50);

export const Customer = z.strictObject({ id: CustomerId, groups: CustomerGroups, isTaxExempt: z.boolean() });
export type Customer = z.infer<typeof Customer>;
