/** Tax rates as merchants see them: which rate applies where, to which class of products. */
import * as z from 'zod';
import { Id } from '../../values/ids.ts';
import { ClassName, filledText } from '../../values/text.ts';
import { TaxRate, Zone } from './places.ts';

const taxRateFields = {
  /** As it is shown on a receipt. */
  name: filledText(100),
  rate: TaxRate,
  zone: Zone,
  /** Products without a class are `standard`; shipping takes the class `shipping` where there is one. */
  taxClass: ClassName,
  /** Computed on the price and the taxes before it instead of on the price alone. */
  isCompound: z.boolean(),
  /** Lower ones are computed first. */
  priority: z.int().min(0).max(1_000),
};

/** Every rate whose zone holds the address applies: that of the state beside that of its city. */
export const TaxRateRow = z.strictObject({ id: Id('taxRate'), ...taxRateFields, version: z.int() });
export type TaxRateRow = z.infer<typeof TaxRateRow>;

export const TaxRateDraft = z.strictObject({
  ...taxRateFields,
  taxClass: ClassName.default('standard'),
  isCompound: z.boolean().default(false),
  priority: taxRateFields.priority.default(0),
});
export type TaxRateDraft = z.infer<typeof TaxRateDraft>;

export const TaxRatePatch = z.strictObject(taxRateFields).partial();
export type TaxRatePatch = z.infer<typeof TaxRatePatch>;
