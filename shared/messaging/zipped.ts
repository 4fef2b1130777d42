/** JSON, packed as text: D1 sends bytes as a list of numbers, four characters each. */
import { Buffer } from 'node:buffer';
import { gunzipSync, gzipSync } from 'node:zlib';

export function zipJson(value: unknown): string {
  return gzipSync(JSON.stringify(value), { level: 1 }).toString('base64');
}

/** What was packed as this type. */
export function unzipJson<Value>(text: string): Value {
  return JSON.parse(gunzipSync(Buffer.from(text, 'base64')).toString('utf8'));
}
