/**
 * The envelope of every integration event: CloudEvents 1.0 in JSON. `sequence` counts per subject, so a consumer can tell
 * a late event from a new one; `traceparent` continues the trace of the request that caused it.
 *
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
 */
import * as z from 'zod';
import { Timestamp } from '../values/time.ts';

export const Envelope = z.strictObject({
  specversion: z.literal('1.0'),
  id: z.string().min(1).max(200),
  source: z.string().startsWith('/'),
  type: z.string().regex(/^[a-z]+\.[a-z-]+\.v\d+$/),
  subject: z.string().min(1),
  time: Timestamp,
  sequence: z.int().min(1),
  traceparent: z.string().optional(),
  datacontenttype: z.literal('application/json'),
  data: z.unknown(),
});
export type Envelope = z.infer<typeof Envelope>;

/** One type of event: its name and the schema of its data. */
interface EventType<Name extends string, Data extends z.ZodType> {
  readonly type: Name;
  readonly data: Data;
}

export function event<const Name extends string, Data extends z.ZodType>(
  type: Name,
  data: Data,
): EventType<Name, Data> {
  return { type, data };
}

interface EventFacts {
  /** Unique per source and stable under a retry, so that a second relay is the same event. */
  readonly id: string;
  readonly subject: string;
  readonly sequence: number;
  readonly time: string;
  readonly traceparent?: string | undefined;
}

/** Wraps data in its envelope. The source is the domain that the type's name begins with. */
export function envelope<Name extends string, Data extends z.ZodType>(
  { type }: EventType<Name, Data>,
  { traceparent, ...facts }: EventFacts,
  data: z.infer<Data>,
): Envelope {
  return {
    specversion: '1.0',
    source: `/${type.slice(0, type.indexOf('.'))}`,
    type,
    datacontenttype: 'application/json',
    ...facts,
    ...(traceparent === undefined ? {} : { traceparent }),
    data,
  };
}
