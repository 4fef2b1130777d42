/**
 * Cases of `payment-ledger`: requests and reports about one payment in order of arrival, which of them are refused, and the
 * balances that the others leave.
 */
import * as z from 'zod';
import {
  balancesOf,
  type Ledger,
  type Movement,
  movementKinds,
  type ReportType,
  type RequestType,
  report,
  request,
  requestKinds,
} from '../../workers/payments/domain/ledger.ts';
import { area } from './area.ts';

const requestTypes = requestKinds.map((kind): RequestType => `${kind}Requested`);
const reportTypes = movementKinds.flatMap((kind): ReportType[] => [kind, `${kind}Failed`]);

const facts = { ref: z.string(), amountMinor: z.int(), at: z.number().optional(), currency: z.string().optional() };
const Request = z.strictObject({ type: z.enum(requestTypes), ...facts });
const Report = z.strictObject({ type: z.enum(reportTypes), ...facts });
const Given = z.strictObject({
  currency: z.string(),
  providerStepMinor: z.int().min(1).default(1),
  events: z.array(z.union([Request, Report])),
});

export const paymentLedger = area('payment-ledger', Given, ({ currency, providerStepMinor, events }) => {
  let ledger: Ledger = { currency, stepMinor: providerStepMinor, movements: [] };
  const refused: object[] = [];
  for (const [index, { currency: stated = currency, at = index, ...rest }] of events.entries()) {
    const movement = { ...rest, at };
    const noted = isRequest(movement) ? request(ledger, movement, stated) : report(ledger, movement, stated);
    if (noted.ok) ledger = noted.value;
    else {
      const { code: reason, ...more } = noted.refusal;
      refused.push({ index, reason, ...more });
    }
  }
  return { refused, balances: balancesOf(ledger) };
});

function isRequest(movement: Movement): movement is Movement<RequestType> {
  return requestTypes.some((type) => type === movement.type);
}
