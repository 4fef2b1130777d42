/** Messages in words. */
import { expect, test } from 'vitest';
import type { OutgoingMessage } from '../../../shared/contracts/notifications/api.ts';
import { textOf } from './messages.ts';

const message = (pageUrl: string | null): OutgoingMessage => ({
  ...{ id: 'm', to: 'ada@example.org', template: 'order-link', expiresAt: 1 },
  facts: { number: 'WSGH-<b>', token: 'olt_1', pageUrl },
});

test('sold gift cards are named with their codes and what they are worth', () => {
  const { text, html, subject } = textOf({
    ...{ id: 'm', to: 'ada@example.org', template: 'gift-cards', expiresAt: 1 },
    facts: { number: 'WSGH-<b>', cards: [{ code: 'AAAA-BBBB', worth: { amount: 2550, currency: 'EUR' } }] },
  });
  expect(text).toContain('AAAA-BBBB: 25.50 EUR');
  expect(html).toContain('AAAA-BBBB: 25.50 EUR');
  expect(html).not.toContain('<b>');
  expect(subject).toContain('WSGH-<b>');
});

test('a link has its token behind the hash of the page', () => {
  const { text, html, subject } = textOf(message('https://shop.example/order?lang=de'));
  expect(text).toContain('https://shop.example/order?lang=de#token=olt_1');
  expect(html).toContain('href="https://shop.example/order?lang=de#token=olt_1"');
  expect(subject).toContain('WSGH-<b>');
  expect(html).not.toContain('<b>');
});

test('without a page the token is there to be typed', () => {
  const { text, html } = textOf(message(null));
  expect(text).toContain('olt_1');
  expect(html).toContain('olt_1');
});
