/** What a checkout and the order that it becomes show alike. */
import * as z from 'zod';
import { DiscountView, TaxLineView } from '../cart/http.ts';

const WebAddress = z.url({ protocol: /^https?$/ }).max(2000);

/** The way to pay, as it was called; null where none was chosen of those that are offered to shoppers. */
const ChosenMethod = z.strictObject({ id: z.string(), name: z.string() }).nullable();

const FailureView = z.strictObject({ code: z.string(), detail: z.string() });

/** Kept together: none of them is a schema with a name of its own. */
export const orderParts = { WebAddress, ChosenMethod, FailureView };

/** What a receipt has to say beside the totals. */
export const causes = {
  discounts: z.array(DiscountView),
  taxLines: z.array(TaxLineView),
  /** Why no tax was charged where it usually is. */
  taxRelief: z.enum(['exempt', 'reverse-charge']).nullable(),
};
