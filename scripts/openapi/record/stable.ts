/**
 * Replaces what differs from one recording to the next. Ids, tokens and cursors become others of the same form, numbered by
 * their first appearance; times near the recording become a fixed day, at their distance from its start.
 */
import { createHash } from 'node:crypto';

/** Distances are kept to five minutes: a hold of fifteen stays one. */
const stepMs = 5 * 60_000;
const day = Date.UTC(2026, 10, 20, 12);
/** What was sent as a date of a campaign, say, is far from the recording and stays. */
const nearMs = 3 * 24 * 3_600_000;

const patterns = {
  time: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/,
  /** A sortable id: its first ten characters are its time. */
  id: /\b([a-z]{2,6}_)([0-7][0-9a-hjkmnp-tv-z]{25})/g,
  /** Where its object is, and a seal: what follows the sortable part in ids of carts and checkouts. */
  seal: /(?<=\b(?:cart|chk)_[0-9a-z]{29})[0-9a-z]+/g,
  secret: /^(?:[A-Za-z0-9_-]{32,}|[A-Z0-9]{4}(?:[ -]?[A-Z0-9]{4}){3,})$/,
  address: /http:\/\/127\.0\.0\.1:\d+/g,
  hash: /[0-9a-f]{32,}/g,
  intent: /\b(pi|ch|re|pm|dp|cs)_[0-9A-Za-z]{8,}/g,
  /** What people type: numbers of orders, codes behind a prefix, keys of links. */
  typed: /\b(?:[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b|(?<=JUNE-)[0-9A-Z]{10}\b|(?<=olt_)[\w-]{20,})/g,
  traceparent: /^00-[0-9a-f]{32}-[0-9a-f]{16}-\d\d$/,
};

const base32 = '0123456789abcdefghjkmnpqrstvwxyz';

export class Stable {
  readonly #startedAt: number;
  readonly #known = new Map<string, string>();

  constructor(startedAt: number) {
    this.#startedAt = startedAt;
  }

  /** The same data in stable words. */
  of<Value>(value: Value): Value;
  of(value: unknown, name = ''): unknown {
    if (typeof value === 'string') return this.#text(value, name);
    if (name === 'latencyMs') return 3;
    if (Array.isArray(value)) return value.map((member) => this.#member(member, name));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, this.#member(member, key)]));
  }

  #member(value: unknown, name: string): unknown {
    return (this.of as (value: unknown, name: string) => unknown).call(this, value, name);
  }

  #text(text: string, name: string): string {
    if (patterns.time.test(text)) return this.#time(text);
    if (patterns.traceparent.test(text)) return '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    if (name === 'cursor' || name === 'next')
      return this.#replaced(text, (seed) => `eyJ${base64Of(seed).slice(0, 21)}`);
    if (patterns.secret.test(text) && !/^[a-z]+_/.test(text)) return this.#replaced(text, (seed) => alike(text, seed));
    return text
      .replaceAll(patterns.address, 'http://127.0.0.1:8787')
      .replaceAll(patterns.typed, (typed) => this.#replaced(typed, (seed) => alike(typed, seed)))
      .replaceAll(patterns.seal, (seal) => this.#replaced(seal, (seed) => alike(seal, seed)))
      .replaceAll(
        patterns.id,
        (_, prefix: string, tail: string) =>
          // The siblings of one id share a tail.
          `${prefix}${this.#replaced(tail, (seed) => `01kaff0m00${tailOf(seed).slice(0, tail.length - 10)}`)}`,
      )
      .replaceAll(patterns.intent, (id) =>
        this.#replaced(id, (seed) => `${id.slice(0, 3)}${tailOf(seed).slice(0, 16)}`),
      )
      .replaceAll(patterns.hash, (hash) => this.#replaced(hash, (seed) => alike(hash, seed)));
  }

  #time(text: string): string {
    const distance = Date.parse(text) - this.#startedAt;
    if (Math.abs(distance) > nearMs && distance % stepMs === 0) return text;
    if (distance < -nearMs || distance > 40 * 24 * 3_600_000) return text;
    return new Date(day + Math.round(distance / stepMs) * stepMs).toISOString();
  }

  #replaced(text: string, make: (seed: string) => string): string {
    const known = this.#known.get(text) ?? make(String(this.#known.size));
    this.#known.set(text, known);
    return known;
  }
}

function digestOf(seed: string): Buffer {
  return createHash('sha256').update(seed).digest();
}

function base64Of(seed: string): string {
  return digestOf(seed).toString('base64url');
}

function tailOf(seed: string): string {
  return [...digestOf(seed)].map((byte) => base32.charAt(byte & 31)).join('');
}

/** Other characters of the same kinds at the same places. */
function alike(text: string, seed: string): string {
  const bytes = Buffer.concat([0, 1, 2, 3, 4, 5, 6, 7].map((round) => digestOf(`${seed}/${round}`)));
  const pick = (from: string, index: number): string => from.charAt((bytes[index % bytes.length] ?? 0) % from.length);
  const isHex = /^[0-9a-f]+$/.test(text);
  return [...text]
    .map((character, index) => {
      if (isHex) return pick('0123456789abcdef', index);
      if (/[0-9]/.test(character)) return pick('23456789', index);
      if (/[a-z]/.test(character)) return pick('abcdefghjkmnpqrstvwxyz', index);
      return /[A-Z]/.test(character) ? pick('ABCDEFGHJKMNPQRSTVWXYZ', index) : character;
    })
    .join('');
}
