/**
 * The examples of the document: calls that `npm run openapi:record` made to a running shop, with what it answered. The
 * committed file changes only when it is recorded again.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';

export const recordedFile = path.resolve(import.meta.dirname, 'recorded.json');

const RecordedCall = z.strictObject({
  status: z.int(),
  /** Parsed when it is JSON, else the text. Absent when nothing was sent. */
  body: z.unknown().optional(),
  answer: z.unknown().optional(),
});
export type RecordedCall = z.infer<typeof RecordedCall>;

const Recorded = z.strictObject({
  /** By the id of the operation. */
  operations: z.record(z.string(), RecordedCall),
  /** Whole envelopes, by type. */
  events: z.record(z.string(), z.unknown()),
});
export type Recorded = z.infer<typeof Recorded>;

/** Operations of which no answer can be recorded, with the reason that the reference gives. */
export const notRecorded: Readonly<Record<string, string>> = {
  readDeadLetter: 'only a message that could not be handled for a long time is a dead letter.',
  replayDeadLetter: 'only a message that could not be handled for a long time is a dead letter.',
  receivePaymentWebhook: 'only a payment provider can sign what it sends.',
};

export async function readRecorded(): Promise<Recorded> {
  return Recorded.parse(JSON.parse(await readFile(recordedFile, 'utf8')));
}
