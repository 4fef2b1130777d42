/**
 * Delivers a webhook to the shop, signed as Stripe signs. The signature is made anew for every attempt, because receivers
 * refuse one that is older than five minutes.
 *
 * @see https://docs.stripe.com/webhooks/signature
 */
import { backoffMs, minuteMs, secondMs } from '../../shared/values/time.ts';

/** What the object needs of its door to the shop. */
export interface WebhookDoor {
  fetch(request: Request): Promise<Response>;
}

interface WebhookTarget {
  readonly door: WebhookDoor;
  readonly url: string;
  readonly secret: string;
}

const timeoutMs = 5 * secondMs;
const retryMs = 500;
const retryMsMax = minuteMs;

/** How long to wait before the next attempt. */
export function backoffAfter(attempts: number): number {
  return backoffMs(retryMs, attempts, retryMsMax);
}

/** The value of the `Stripe-Signature` header. */
async function signatureOf(body: string, secret: string, now: number): Promise<string> {
  const seconds = Math.floor(now / 1000);
  const encoder = new TextEncoder();
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, ['sign']);
  const mac = await crypto.subtle.sign('HMAC', key, encoder.encode(`${seconds}.${body}`));
  const hex = Array.from(new Uint8Array(mac), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `t=${seconds},v1=${hex}`;
}

/** Tries once. True when the shop acknowledged; a refusal, a late answer and a closed door are false. */
export async function deliver(body: string, target: WebhookTarget, now: number): Promise<boolean> {
  try {
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'stripe-signature': await signatureOf(body, target.secret, now),
      'user-agent': 'Vitrine-Sandbox/1.0',
    };
    const signal = AbortSignal.timeout(timeoutMs);
    const answer = await target.door.fetch(new Request(target.url, { method: 'POST', headers, body, signal }));
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}
