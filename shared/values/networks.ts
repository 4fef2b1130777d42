/**
 * Addresses of the network and ranges of them, in one form: an IPv4 address is the IPv6 address that maps it
 * (`::ffff:192.0.2.1`), so a server that listens on both families sees each client under one address.
 *
 * @see https://www.rfc-editor.org/rfc/rfc4632 for ranges, https://www.rfc-editor.org/rfc/rfc4291#section-2.5.5.2 for the mapping
 */

export interface Network {
  readonly first: bigint;
  /** How many of the 128 bits, from the left, all its addresses share. */
  readonly prefixBits: number;
}

const addressBits = 128;
const mappedPrefix = 0xffffn << 32n;
const mappedBits = 96;

/** Null when it is no address. A port, a zone or brackets are not part of one. */
export function parseAddress(text: string): bigint | null {
  if (!text.includes(':')) {
    const v4 = parseIpv4(text);
    return v4 === null ? null : mappedPrefix | v4;
  }
  return parseIpv6(text);
}

/** `192.0.2.0/24`, `2001:db8::/32`, or an address alone. Null when it is neither, or has bits behind its prefix. */
export function parseNetwork(text: string): Network | null {
  const [addressText = '', prefixText, ...rest] = text.split('/');
  const address = parseAddress(addressText);
  if (address === null || rest.length > 0) return null;
  const shift = addressText.includes(':') ? 0 : mappedBits;
  const given = prefixText === undefined ? addressBits - shift : prefixOf(prefixText);
  if (given === null || given + shift > addressBits) return null;
  const network = { first: address, prefixBits: given + shift };
  return address === start(address, network.prefixBits) ? network : null;
}

export function isWithin(networks: readonly Network[], address: bigint): boolean {
  return networks.some(({ first, prefixBits }) => start(address, prefixBits) === first);
}

function prefixOf(text: string): number | null {
  return /^\d{1,3}$/.test(text) ? Number(text) : null;
}

function start(address: bigint, prefixBits: number): bigint {
  const behind = BigInt(addressBits - prefixBits);
  return (address >> behind) << behind;
}

function parseIpv4(text: string): bigint | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  let value = 0n;
  for (const part of parts) {
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return null;
    value = (value << 8n) | BigInt(part);
  }
  return value;
}

function parseIpv6(text: string): bigint | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head, tail] = halves.map(groupsOf);
  if (head === undefined || head === null || tail === null) return null;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  const groups = tail === undefined ? head : [...head, ...Array.from({ length: missing }, () => 0n), ...tail];
  return groups.reduce((value, group) => (value << 16n) | group, 0n);
}

/** The 16-bit groups between colons, of which the last may be an IPv4 address and count as two. */
function groupsOf(text: string): readonly bigint[] | null {
  if (text === '') return [];
  const parts = text.split(':');
  const groups: bigint[] = [];
  for (const [index, part] of parts.entries()) {
    if (index === parts.length - 1 && part.includes('.')) {
      const v4 = parseIpv4(part);
      if (v4 === null) return null;
      groups.push(v4 >> 16n, v4 & 0xffffn);
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(BigInt(`0x${part}`));
    else return null;
  }
  return groups;
}
