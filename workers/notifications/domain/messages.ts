/** Messages in words: subject, plain text and HTML, from what a message is about. */
import type { OrderLink, OutgoingMessage, SoldGiftCards } from '../../../shared/contracts/notifications/api.ts';
import { formatDecimal } from '../../../shared/values/money.ts';

interface MessageText {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export function textOf(message: OutgoingMessage): MessageText {
  return message.template === 'order-link' ? orderLinkText(message) : giftCardsText(message);
}

function giftCardsText({ facts: { number, cards } }: SoldGiftCards): MessageText {
  const codes = cards.map(
    ({ code, worth }) => `${code}: ${formatDecimal(worth.amount, worth.currency)} ${worth.currency}`,
  );
  const intro = `You have bought ${cards.length === 1 ? 'a gift card' : `${cards.length} gift cards`} in the order ${number}.`;
  const use = 'Whoever knows a code can pay with it: enter it in the cart.';
  return {
    subject: cards.length === 1 ? `Your gift card of order ${number}` : `Your gift cards of order ${number}`,
    text: `${[intro, codes.join('\n'), use].join('\n\n')}\n`,
    html: [`<p>${escaped(intro)}</p>`, `<p>${codes.map(escaped).join('<br>')}</p>`, `<p>${use}</p>`].join('\n'),
  };
}

function orderLinkText({ facts: { number, token, pageUrl } }: OrderLink): MessageText {
  const link = pageUrl === null ? null : addressOf(pageUrl, token);
  const way = link === null ? `Your code, which opens it once: ${token}` : `Open it here, once: ${link}`;
  const paragraphs = [
    `You, or somebody who knows your e-mail address, asked for the order ${number}.`,
    way,
    'If it was not you, there is nothing to do: nobody has seen the order.',
  ];
  const shown = link === null ? paragraphs : paragraphs.with(1, '');
  const html = shown.map((one) =>
    one === '' ? `<p><a href="${escaped(link ?? '')}">Open your order</a> (once)</p>` : `<p>${escaped(one)}</p>`,
  );
  return { subject: `Your order ${number}`, text: `${paragraphs.join('\n\n')}\n`, html: html.join('\n') };
}

/** The token stands behind the hash: browsers do not send it on, and logs do not have it. */
function addressOf(pageUrl: string, token: string): string {
  const address = new URL(pageUrl);
  address.hash = `token=${token}`;
  return address.href;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}
