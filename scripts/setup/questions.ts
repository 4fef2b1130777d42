/** All questions of a set-up, in the order in which a merchant thinks of them. They only ask: nothing is written here. */
import { MailSender, ShopProfile } from '../../shared/contracts/notifications/shop-http.ts';
import { readWith } from '../../shared/http/faults.ts';
import { AddressInput } from '../../shared/values/address.ts';
import { countryOf } from '../../shared/values/countries.ts';
import { Email } from '../../shared/values/text.ts';
import type { Answers } from './answers.ts';
import { askAbroad } from './questions-abroad.ts';
import { askHome, yesOrNo } from './questions-market.ts';
import { countryName, orNothing, type Reader, readBy, readYesNo } from './reading.ts';
import type { ShopState } from './state.ts';
import type { Asking } from './terminal.ts';

const fields = ShopProfile.shape;

export async function askAll(asking: Asking, state: ShopState): Promise<Answers> {
  asking.say(
    'Enter takes what stands in brackets; - leaves a field empty. Nothing is written before you have seen it all.\n',
  );
  const { profile } = state;
  const name = await asking.ask('Name of the shop', profile.name, readBy(fields.name.unwrap()));
  const { home, taxes } = await askHome(asking, state);
  const abroad = await askAbroad(asking, state, home);
  const payment = await askPayment(asking, state);
  const contactEmail = await askOptional(
    asking,
    'E-mail address that shoppers write to',
    profile.contactEmail,
    readBy(Email),
  );
  const business = await askBusiness(asking, state, home.countries[0] ?? '');
  const mail = await askMail(asking, state, { name, contactEmail });
  return { shop: { name, contactEmail, ...business }, ...abroad, taxes, payment, mail };
}

function askOptional(
  asking: Asking,
  question: string,
  present: string | null,
  reader: Reader<string | null>,
): Promise<string | null> {
  return asking.ask(question, present ?? '-', orNothing(reader));
}

/** What stands on invoices. */
async function askBusiness(asking: Asking, { profile }: ShopState, country: string) {
  const legalName = await askOptional(
    asking,
    'Business that sells, as on an invoice',
    profile.legalName,
    readBy(fields.legalName.unwrap()),
  );
  const address = legalName === null ? profile.address : await askAddress(asking, profile.address, country);
  const vatQuestion = 'VAT id or tax number';
  const vatId = await asking.ask(vatQuestion, profile.vatId ?? '-', orNothing(readBy(fields.vatId.unwrap())));
  return { legalName, address, vatId };
}

async function askAddress(
  asking: Asking,
  present: ShopProfile['address'],
  home: string,
): Promise<ShopProfile['address']> {
  const before = present ?? { country: home, address1: '' };
  for (;;) {
    const country = before.country;
    const needed = countryOf(country)?.needed ?? [];
    const parts: Record<string, string> = {};
    const question = `Its street and number in ${countryName(country)}`;
    const street = await asking.ask(question, before.address1 || '-', orNothing(readBy(AddressInput.shape.address1)));
    if (street === null) return null;
    for (const [field, words] of [
      ['postalCode', 'postal code'],
      ['city', 'city'],
      ['region', 'state or region'],
    ] as const)
      if (needed.includes(field) || before[field] !== undefined) {
        const reader = orNothing(readBy(AddressInput.shape[field].unwrap()));
        const part = await asking.ask(`Its ${words}`, before[field] ?? '-', reader);
        if (part !== null) parts[field] = part;
      }
    const read = readWith(AddressInput, { ...present, region: undefined, ...parts, address1: street, country });
    if (read.isRead) return read.value;
    for (const { detail } of read.faults) asking.say(`  ${detail}`);
  }
}

type Method = NonNullable<Answers['payment']>[number];

/** Money that reaches the shop by itself, by its usual names. */
const byHand: readonly (Pick<Method, 'id' | 'shipsUnpaid'> & { readonly name: string; readonly question: string })[] = [
  { id: 'manual', name: 'Invoice', shipsUnpaid: undefined, question: 'May shoppers pay by invoice?' },
  {
    id: 'bank-transfer',
    name: 'Bank transfer',
    shipsUnpaid: undefined,
    question: 'May they pay by bank transfer before you ship?',
  },
  {
    id: 'cash-on-delivery',
    name: 'Cash on delivery',
    shipsUnpaid: true,
    question: 'May they pay the carrier, cash on delivery?',
  },
];

async function askPayment(asking: Asking, { payment: { methods } }: ShopState): Promise<Method[]> {
  const cards = methods.filter(({ provider }) => provider === 'stripe');
  const isStripeThere = cards.some(({ isConfigured }) => isConfigured);
  const isSandboxThere = methods.some(({ provider, isConfigured }) => provider === 'sandbox' && isConfigured);
  if (!isStripeThere)
    asking.say(
      'Cards: this shop has no keys of Stripe (STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET). Give it some for cards.',
    );
  if (isSandboxThere) asking.say('This shop is in development: its sandbox takes payments that are none.');
  for (;;) {
    const wanted: Method[] = [];
    for (const { id, isEnabled } of isStripeThere ? cards : [])
      wanted.push({ id, isEnabled: await asking.ask('May shoppers pay by card?', yesOrNo(isEnabled), readYesNo) });
    for (const { question, id, name, shipsUnpaid } of byHand) {
      const present = methods.find((method) => method.id === id);
      const isEnabled = await asking.ask(question, yesOrNo(present?.isEnabled ?? false), readYesNo);
      const begun = {
        id,
        provider: 'manual',
        name,
        isEnabled,
        ...(shipsUnpaid === undefined ? {} : { shipsUnpaid }),
      } as const;
      if (present !== undefined) wanted.push({ id, isEnabled });
      else if (isEnabled) wanted.push(begun);
    }
    const named = new Set(wanted.map(({ id }) => id));
    const isAnyLeft = methods.some(({ id, isEnabled, isConfigured }) => isEnabled && isConfigured && !named.has(id));
    if (isAnyLeft || wanted.some(({ isEnabled }) => isEnabled)) return wanted;
    asking.say('  Nobody could pay then. Take at least one.');
  }
}

async function askMail(
  asking: Asking,
  { profile: { mailFrom, mailReplyTo } }: ShopState,
  { name, contactEmail }: { readonly name: string; readonly contactEmail: string | null },
): Promise<Answers['mail']> {
  const question = 'E-mail address that messages to shoppers come from';
  const address = await askOptional(asking, question, mailFrom?.address ?? contactEmail, readBy(Email));
  if (address === null) return { from: null, replyTo: null };
  const sender = await asking.ask('  under the name', mailFrom?.name ?? name, readBy(MailSender.shape.name.unwrap()));
  const replyTo = await askOptional(asking, '  and answers go to (-: the same address)', mailReplyTo, readBy(Email));
  return { from: { address, name: sender === name ? null : sender }, replyTo };
}
