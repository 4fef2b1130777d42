/**
 * Who the shop is: its name, how shoppers reach it, the business behind it, and from which address its e-mails come. What a
 * storefront prints is public; senders of e-mails are the merchant's alone.
 */
import * as z from 'zod';
import { operation } from '../../http/operation.ts';
import { AddressInput } from '../../values/address.ts';
import { forLongNumbers } from '../../values/long-number.ts';
import { Email, Phone, text } from '../../values/text.ts';

const lineBreaks = /[\t\n\r\u2028\u2029]/;

/** Text of one line, for headers and headings: a line break in a name could begin another header of an e-mail. */
function line(lengthMax: number) {
  return text(lengthMax)
    .refine((value) => value.trim().length > 0, { params: { isBlank: true } })
    .refine((value) => !lineBreaks.test(value), { error: 'Give one line: without line breaks and tabs.' });
}

export const MailSender = z.strictObject({
  name: line(100).nullable().describe('What shoppers read as the sender; null: the name of the shop.'),
  address: Email.describe(
    'The address that e-mails come from. The mail system has to be allowed to send for its domain.',
  ),
});
export type MailSender = z.infer<typeof MailSender>;

const publicFields = {
  name: line(100).nullable().describe('What shoppers call the shop.'),
  contactEmail: Email.nullable().describe('Where shoppers write to.'),
  phone: Phone.nullable().describe('Where shoppers call.'),
  storefrontUrl: z
    .url({ protocol: /^https?$/ })
    .max(1000)
    .nullable()
    .describe('The first page of the storefront.'),
  legalName: line(200).nullable().describe('The business or person that sells, as on an invoice.'),
  address: AddressInput.nullable().describe('Where the business has its seat.'),
  vatId: forLongNumbers(line(40), 'a tax number')
    .nullable()
    .describe('The tax number on invoices. In a country with VAT ids it has their form, with the prefix.'),
};

const mailFields = {
  mailFrom: MailSender.nullable().describe('The sender of e-mails; null until it is told.'),
  mailReplyTo: Email.nullable().describe('Where answers to e-mails go; null: to the sender.'),
};

/** What everybody may know. Null stands for what the merchant has not told. */
export const PublicShop = z.strictObject(publicFields);
export type PublicShop = z.infer<typeof PublicShop>;

const profileFields = { ...publicFields, ...mailFields };

/** Everything that the shop knows of itself. */
export const ShopProfile = z.strictObject({
  ...profileFields,
  version: z.int().describe('0 until something is told.'),
});
export type ShopProfile = z.infer<typeof ShopProfile>;

export const ShopPatch = z.strictObject(profileFields).partial();
export type ShopPatch = z.infer<typeof ShopPatch>;

export const readShop = operation({
  id: 'readShop',
  method: 'GET',
  path: '/v1/shop',
  summary: 'Who the shop is and how to reach it',
  answer: PublicShop,
  isConditional: true,
});

export const readShopProfile = operation({
  id: 'readShopProfile',
  method: 'GET',
  path: '/admin/v1/shop',
  summary: 'Who the shop is, and from where its e-mails come',
  answer: ShopProfile,
  isConditional: true,
});

export const changeShop = operation({
  id: 'changeShop',
  method: 'PATCH',
  path: '/admin/v1/shop',
  summary: 'Says who the shop is; what you leave out stays as it is. If-Match guards against a lost update',
  body: ShopPatch,
  answer: ShopProfile,
  refusals: ['precondition-failed'],
  // It says what shall be so: a repetition changes nothing.
  idempotency: 'none',
});

export const shopOperations = [readShop, readShopProfile, changeShop];
