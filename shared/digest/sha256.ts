/** SHA-256 of a text, in lower-case hexadecimal: how secrets, codes and e-mail addresses are named without being told. */
import { createHash } from 'node:crypto';

/** Made without waiting: a digest of Web Crypto costs a turn of the event loop, which is more than the hash of a short text. */
export async function sha256(text: string): Promise<string> {
  return createHash('sha256').update(text).digest('hex');
}
