/**
 * Request bodies: how large one may be, how long it may take, and reading one to its end before it is refused, because workerd
 * closes a connection whose body was left unread. What an ordinary door takes is collected before anybody else is asked, so that
 * a slow client holds nothing but its connection; a file streams through, counted, as long as it keeps coming.
 */

/** What to forward: nothing, the whole body, or a stream that may yet fail; or why there is nothing to forward. */
export type BodyReading =
  | { readonly kind: 'none' }
  | { readonly kind: 'bytes'; readonly bytes: ArrayBuffer }
  | { readonly kind: 'stream'; readonly stream: ReadableStream<Uint8Array>; readonly fault: () => BodyFault | null }
  | BodyFault;

/** Over its limit, not there in time, or cut by a client that went away. */
export interface BodyFault {
  readonly kind: 'too-large' | 'late' | 'cut';
}

/** A refused body is read this far. A client that sends more finds its connection closed. */
const drainMaxBytes = 16 * 1024 * 1024;
const drainMaxMs = 10_000;
/** The largest body that is collected in memory. */
const collectMaxBytes = 1024 * 1024;
/** A collected body has this long to arrive. A streamed one brings the least number of bytes in each such time, or ends. */
export const bodyPatienceMs = 30_000;
const streamedMinBytes = 16 * 1024;

/** Reads the body, or prepares it to be streamed. One that is too large has been drained when this answers. */
export async function readBody(request: Request, maxBytes: number): Promise<BodyReading> {
  if (request.body === null) return { kind: 'none' };
  const length = request.headers.get('content-length');
  if (length !== null && Number(length) > maxBytes) {
    await drain(request);
    return { kind: 'too-large' };
  }
  if (maxBytes > collectMaxBytes) return countWhileStreaming(request.body, maxBytes);
  return length === null ? collect(request.body, maxBytes) : inTime(wholeBody(request));
}

async function wholeBody(request: Request): Promise<BodyReading> {
  try {
    return { kind: 'bytes', bytes: await request.arrayBuffer() };
  } catch {
    return { kind: 'cut' };
  }
}

function inTime(reading: Promise<BodyReading>, onLate: () => void = () => undefined): Promise<BodyReading> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      onLate();
      resolve({ kind: 'late' });
    }, bodyPatienceMs);
    reading.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Reads a body that nobody wants, up to a bound of size and time. */
export async function drain(request: Request): Promise<void> {
  if (request.body === null || request.bodyUsed || request.body.locked) return;
  await drainReader(request.body.getReader(), 0);
}

async function drainReader(reader: ReadableStreamDefaultReader<Uint8Array>, alreadyBytes: number): Promise<void> {
  const timer = setTimeout(() => void reader.cancel().catch(() => undefined), drainMaxMs);
  try {
    for (let seenBytes = alreadyBytes; seenBytes <= drainMaxBytes; ) {
      const { done, value } = await reader.read();
      if (done) return;
      seenBytes += value.byteLength;
    }
    await reader.cancel();
  } catch {
    // The client went away: there is nothing left to read.
  } finally {
    clearTimeout(timer);
  }
}

/** A body of unknown length, counted as it comes. */
function collect(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<BodyReading> {
  const reader = body.getReader();
  return inTime(collectFrom(reader, maxBytes), () => void reader.cancel().catch(() => undefined));
}

async function collectFrom(reader: ReadableStreamDefaultReader<Uint8Array>, maxBytes: number): Promise<BodyReading> {
  const chunks: Uint8Array<ArrayBufferLike>[] = [];
  let seenBytes = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      seenBytes += value.byteLength;
      if (seenBytes > maxBytes) {
        await drainReader(reader, seenBytes);
        return { kind: 'too-large' };
      }
      chunks.push(value);
    }
  } catch {
    return { kind: 'cut' };
  }
  const bytes = new Uint8Array(seenBytes);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return { kind: 'bytes', bytes: bytes.buffer };
}

/** The stream fails when it is over the limit or hardly comes; why, says `fault` afterwards. */
function countWhileStreaming(body: ReadableStream<Uint8Array>, maxBytes: number): BodyReading {
  let seenBytes = 0;
  let fault: BodyFault | null = null;
  let timer: ReturnType<typeof setInterval> | undefined;
  const fail = (kind: BodyFault['kind'], controller: TransformStreamDefaultController<Uint8Array>): void => {
    fault = { kind };
    clearInterval(timer);
    controller.error(new Error(`The body is ${kind}`));
  };
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    start(controller) {
      let bytesBefore = 0;
      timer = setInterval(() => {
        if (seenBytes - bytesBefore < streamedMinBytes) fail('late', controller);
        bytesBefore = seenBytes;
      }, bodyPatienceMs);
    },
    transform(chunk, controller) {
      seenBytes += chunk.byteLength;
      if (seenBytes > maxBytes) fail('too-large', controller);
      else controller.enqueue(chunk);
    },
    flush: () => clearInterval(timer),
  });
  return { kind: 'stream', stream: body.pipeThrough(counter), fault: () => fault };
}
