/**
 * Cases of `order-edit-refund`: a paid order that is edited version by version and what is then owed, or a paid line of which
 * units come back.
 */
import * as z from 'zod';
import { type PaidLine, refundUnits, settle } from '../../shared/values/settlement.ts';
import { price } from '../../workers/pricing/domain/price.ts';
import { area } from './area.ts';
import { TotalsGiven } from './totals.ts';

const version = z.record(z.string(), z.unknown());
const Edit = z
  .strictObject({ kind: z.literal('edit'), base: version, paidMinor: z.int(), versions: z.array(version).min(1) })
  .transform(({ base, versions, ...rest }, context) => ({
    ...rest,
    versions: versions.flatMap((changes, index) => {
      const whole = TotalsGiven.safeParse({ ...base, ...changes });
      if (whole.success) return [whole.data];
      context.addIssue({ code: 'custom', message: z.prettifyError(whole.error), path: ['versions', index] });
      return [];
    }),
  }));
const Units = z.strictObject({
  kind: z.literal('units'),
  currency: z.string(),
  lineGrossMinor: z.int(),
  lineTaxMinor: z.int(),
  quantity: z.int().min(1),
  returns: z.array(z.int().min(1)),
});

export const orderEditRefund = area('order-edit-refund', z.union([Edit, Units]), (given) =>
  given.kind === 'edit' ? edited(given) : returned(given),
);

function edited({ versions, paidMinor }: z.infer<typeof Edit>) {
  const totalsMinor = versions.map((cart) => {
    const priced = price(cart);
    if (!priced.ok) throw new Error(`a version was refused: ${priced.refusal.code}`);
    return priced.value.totalMinor;
  });
  return { totalsMinor, ...settle(totalsMinor.at(-1) ?? 0, paidMinor) };
}

function returned({ lineGrossMinor, lineTaxMinor, quantity, returns }: z.infer<typeof Units>) {
  const line: PaidLine = { grossMinor: lineGrossMinor, taxMinor: lineTaxMinor, quantity };
  let returnedQuantity = 0;
  let remainingGrossMinor = lineGrossMinor;
  const refunds = returns.map((units) => {
    const refund = refundUnits(line, returnedQuantity, units);
    if (!refund.ok) return { refused: refund.refusal.code, maxQuantity: refund.refusal.maxQuantity };
    returnedQuantity += units;
    remainingGrossMinor -= refund.value.grossMinor;
    return refund.value;
  });
  return { refunds, remainingGrossMinor };
}
