/**
 * Sends a product file to a shop. Plain `node:http` instead of `fetch`, because it shows how much of the file was taken.
 */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

/** Something that went wrong outside of this program, said in one sentence. */
export class ImportError extends Error {}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** The file as it is to be sent: unpacked when it is gzip, whatever its name. */
export async function openCsv(
  file: string,
): Promise<{ readonly source: Readable; readonly gunzip: boolean; readonly sizeBytes: number }> {
  const handle = await open(file);
  const { size } = await handle.stat();
  const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
  await handle.close();
  return { source: createReadStream(file), gunzip: buffer[0] === 0x1f && buffer[1] === 0x8b, sizeBytes: size };
}

/** Posts a file. `onBytes` is told how much of the file on disk was read. */
export async function upload(
  url: URL,
  headers: Readonly<Record<string, string>>,
  file: string,
  onBytes: (read: number, total: number) => void,
): Promise<Answer> {
  const { source, gunzip, sizeBytes } = await openCsv(file);
  let read = 0;
  source.on('data', (chunk) => {
    read += chunk.length;
    onBytes(read, sizeBytes);
  });
  const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url.href, { method: 'POST', headers });
  const answered = new Promise<Answer>((resolve, reject) => {
    request.on('response', (response) => void readAnswer(response).then(resolve, reject));
    request.on('error', (error) => reject(connectionError(url, error)));
  });
  const sent = pipeline(source, gunzip ? createGunzip() : new PassThrough(), request);
  // A shop that refuses early may close the connection while we still send: its answer counts, not the broken pipe.
  const failed = sent.then(
    () => new Promise<never>(() => {}),
    (error: unknown) => {
      if (isGzipError(error)) throw new ImportError(`${file} is damaged: ${error.message}.`);
      return answered.catch(() => Promise.reject(connectionError(url, error)));
    },
  );
  return Promise.race([answered, failed]);
}

export function get(url: URL, headers: Readonly<Record<string, string>>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url.href, { headers }, (response) => {
      readAnswer(response).then(resolve, reject);
    });
    request.on('error', (error) => reject(connectionError(url, error)));
    request.end();
  });
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(Buffer.from(chunk));
  return { status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') };
}

function connectionError(url: URL, error: unknown): ImportError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND') {
    return new ImportError(`No shop answers at ${url.origin}. Start it with "npm start", or name it with --url.`);
  }
  return new ImportError(
    `The connection to ${url.origin} broke (${code || String(error)}). Repeat the import: it goes on where it was.`,
  );
}

function isGzipError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && /^Z_/.test(String(error.code));
}
