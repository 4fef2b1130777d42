/** The rules of payments, one file per idea: the ledger of one payment, its bookings, and what requests and reports make of it. */
export type { LedgerTransaction } from './domain/bookings.ts';
export { balancesOf, type Movement, pendingRequests, progressOf } from './domain/ledger.ts';
export {
  blankPayment,
  ledgerOf,
  outcomeOf,
  ownRefs,
  type Payment,
  type PaymentReport,
  type PaymentStatus,
  paymentStatuses,
  type Recorded,
  transitions,
} from './domain/payment.ts';
export {
  booksDiffer,
  differencesBetween,
  type Finding,
  type FindingKind,
  neverMadeAt,
  withUnmade,
} from './domain/reconciliation.ts';
export { recordReport, restate } from './domain/reports.ts';
export {
  type NotedRequest,
  noteRequest,
  type PaymentRequest,
  type RequestRefusal,
  unpayable,
} from './domain/requests.ts';
