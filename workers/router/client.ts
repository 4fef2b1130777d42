/**
 * Who is at the other end: the address that counts for rate limits and guests, and whether the shopper's connection is
 * encrypted. On Cloudflare the platform says both. On a single node workerd names the peer of the connection, and a header is
 * believed only when that peer is a proxy that the operator trusts: a client that reaches the port itself forges nothing.
 */
import { BoundedMap, megabyte } from '../../shared/values/bounded-map.ts';
import { isWithin, type Network, parseAddress, parseNetwork } from '../../shared/values/networks.ts';

export interface ClientEnv {
  /** Set on a single node, empty when no proxy is trusted: ranges of addresses, separated by commas. */
  readonly VITRINE_TRUSTED_PROXIES?: string;
}

export interface Client {
  /** Null where nobody says it, as in `wrangler dev`. */
  readonly address: string | null;
  readonly isSecure: boolean;
}

export function clientOf(request: Request, { VITRINE_TRUSTED_PROXIES: trusted }: ClientEnv): Client {
  const isSecure = request.url.startsWith('https:');
  if (trusted === undefined) return { address: request.headers.get('cf-connecting-ip'), isSecure };
  const peer = peerOf(request.cf?.clientIp);
  if (peer === null || !isTrusted(peer, trusted)) return { address: peer, isSecure };
  return {
    address: forwardedFor(request.headers.get('x-forwarded-for'), trusted) ?? peer,
    isSecure: isSecure || lastOf(request.headers.get('x-forwarded-proto')) === 'https',
  };
}

/** workerd writes the peer as `192.0.2.1:4711` or `[2001:db8::1]:4711`. */
function peerOf(clientIp: unknown): string | null {
  if (typeof clientIp !== 'string') return null;
  const address = clientIp.startsWith('[')
    ? clientIp.slice(1, clientIp.indexOf(']'))
    : clientIp.slice(0, clientIp.lastIndexOf(':'));
  return unmapped(address);
}

/** Who listens on both families sees IPv4 clients as mapped into IPv6. */
function unmapped(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

/**
 * Each proxy adds the address of its own peer at the end, so the last one that is no trusted proxy is the client; what stands
 * before it, the client may have written itself. Where a trusted proxy passed on what is no address, nothing is known.
 */
function forwardedFor(header: string | null, trusted: string): string | null {
  const hops = header?.split(',').map((hop) => hop.trim()) ?? [];
  for (const hop of hops.reverse()) {
    if (parseAddress(hop) === null) return null;
    if (!isTrusted(hop, trusted)) return unmapped(hop);
  }
  // Everything came from proxies: the farthest of them asked.
  const farthest = hops.at(-1);
  return farthest === undefined ? null : unmapped(farthest);
}

function lastOf(header: string | null): string | undefined {
  return header?.split(',').at(-1)?.trim().toLowerCase();
}

/** The setting never changes while an isolate lives, and peers are few behind a proxy. */
let networks: { readonly text: string; readonly list: readonly Network[] } = { text: '', list: [] };
const verdicts = new BoundedMap<string, boolean>(megabyte / 4);

function isTrusted(address: string, trusted: string): boolean {
  if (trusted === '') return false;
  if (networks.text !== trusted) {
    networks = { text: trusted, list: trusted.split(',').flatMap((text) => parseNetwork(text.trim()) ?? []) };
    verdicts.clear();
  }
  const known = verdicts.get(address);
  if (known !== undefined) return known;
  const parsed = parseAddress(address);
  const verdict = parsed !== null && isWithin(networks.list, parsed);
  verdicts.set(address, verdict);
  return verdict;
}
