/**
 * Request bodies: how large one may be, and reading one to its end before it is refused, because workerd closes a connection
 * whose body was left unread. A body of stated length passes through as a stream; one of unknown length is counted first.
 */

/** What to forward: the request's own stream, counted bytes, or nothing; or that the body is over the limit. */
export type BodyReading =
  | { readonly kind: 'none' }
  | { readonly kind: 'stream' }
  | { readonly kind: 'counted-stream'; readonly stream: ReadableStream<Uint8Array>; readonly isOver: () => boolean }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'too-large' };

/** A refused body is read this far. A client that sends more finds its connection closed. */
const drainMaxBytes = 16 * 1024 * 1024;
const drainMaxMs = 10_000;
/** A body of unknown length up to this limit is collected in memory. */
const collectMaxBytes = 1024 * 1024;

/** Decides how to forward the body. One that is too large has been drained when this answers. */
export async function readBody(request: Request, maxBytes: number): Promise<BodyReading> {
  if (request.body === null) return { kind: 'none' };
  const length = request.headers.get('content-length');
  if (length !== null) {
    if (Number(length) <= maxBytes) return { kind: 'stream' };
    await drain(request);
    return { kind: 'too-large' };
  }
  return maxBytes <= collectMaxBytes ? collect(request.body, maxBytes) : countWhileStreaming(request.body, maxBytes);
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

async function collect(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<BodyReading> {
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let seenBytes = 0;
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
  const bytes = new Uint8Array(seenBytes);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return { kind: 'bytes', bytes };
}

function countWhileStreaming(body: ReadableStream<Uint8Array>, maxBytes: number): BodyReading {
  let seenBytes = 0;
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      seenBytes += chunk.byteLength;
      if (seenBytes > maxBytes) controller.error(new Error('The body is over the limit'));
      else controller.enqueue(chunk);
    },
  });
  return { kind: 'counted-stream', stream: body.pipeThrough(counter), isOver: () => seenBytes > maxBytes };
}
