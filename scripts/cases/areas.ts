/** The areas that cases can be about, one file each. A new area is a line here. */
import { allocation } from './allocation.ts';
import type { Area } from './area.ts';
import { concurrency } from './concurrency.ts';
import { currencyFormat } from './currency-format.ts';
import { orderEditRefund } from './order-edit-refund.ts';
import { paymentLedger } from './payment-ledger.ts';
import { stockAllocation } from './stock-allocation.ts';
import { totals } from './totals.ts';

export const areas: readonly Area[] = [
  totals,
  allocation,
  currencyFormat,
  orderEditRefund,
  paymentLedger,
  stockAllocation,
  concurrency,
];
