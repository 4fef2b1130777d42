/** Whom the router believes: on Cloudflare the platform, on a single node the connection, and a proxy only if it is trusted. */
import { describe, expect, it } from 'vitest';
import { type Client, clientOf } from './client.ts';

interface Asking {
  readonly peer?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly trusted?: string;
  readonly url?: string;
}

function asked({ peer, headers = {}, trusted, url = 'http://shop.test/' }: Asking): Client {
  const request = new Request(url, { headers });
  Object.defineProperty(request, 'cf', { value: peer === undefined ? undefined : { clientIp: peer } });
  return clientOf(request, trusted === undefined ? {} : { VITRINE_TRUSTED_PROXIES: trusted });
}

describe('on Cloudflare', () => {
  it('the client is whom the platform names', () => {
    const headers = { 'cf-connecting-ip': '203.0.113.9', 'x-forwarded-for': '6.6.6.6', 'x-forwarded-proto': 'http' };
    const url = 'https://shop.test/';
    expect(asked({ headers, url })).toEqual({ address: '203.0.113.9', isSecure: true });
    expect(asked({})).toEqual({ address: null, isSecure: false });
  });
});

describe('on a single node', () => {
  const forged = { 'cf-connecting-ip': '6.6.6.6', 'x-forwarded-for': '6.6.6.6', 'x-forwarded-proto': 'https' };

  it.each([
    ['no proxy is trusted', ''],
    ['another proxy is trusted', '10.0.0.0/8,192.0.2.1'],
  ])('a client that reaches the port itself forges nothing when %s', (_, trusted) => {
    expect(asked({ peer: '203.0.113.9:5012', headers: forged, trusted })).toEqual({
      address: '203.0.113.9',
      isSecure: false,
    });
    expect(asked({ peer: '[2001:db8::7]:5012', headers: forged, trusted }).address).toBe('2001:db8::7');
    expect(asked({ peer: '[::ffff:203.0.113.9]:1', headers: forged, trusted }).address).toBe('203.0.113.9');
  });

  it.each<[string, string | undefined, string]>([
    ['the client that the proxy saw', '203.0.113.9', '203.0.113.9'],
    ['not whom that client named before', '6.6.6.6, 203.0.113.9', '203.0.113.9'],
    ['the one in front of several trusted proxies', '6.6.6.6,203.0.113.9 , 10.2.0.1, 10.3.0.1', '203.0.113.9'],
    ['one of IPv6', '2001:db8::7', '2001:db8::7'],
    ['one that is written as IPv6', '::ffff:203.0.113.9', '203.0.113.9'],
    ['the farthest proxy where all are trusted', '10.9.0.1, 10.3.0.1', '10.9.0.1'],
    ['the proxy itself where it says nothing', undefined, '10.1.2.3'],
    ['the proxy itself where it says nonsense', '203.0.113.9, unknown', '10.1.2.3'],
  ])('behind a trusted proxy the client is %s', (_, forwardedFor, expected) => {
    const headers = { 'cf-connecting-ip': '6.6.6.6', ...(forwardedFor && { 'x-forwarded-for': forwardedFor }) };
    expect(asked({ peer: '10.1.2.3:80', headers, trusted: '172.16.0.0/12, 10.0.0.0/8' }).address).toBe(expected);
  });

  it('a trusted proxy says whether the shopper’s connection is encrypted', () => {
    const from = (proto: string) =>
      asked({ peer: '10.1.2.3:80', headers: { 'x-forwarded-proto': proto }, trusted: '10.0.0.0/8' }).isSecure;
    expect([from('https'), from('http, https'), from('http'), from('https, http')]).toEqual([true, true, false, false]);
  });
});
