/**
 * Writes `docs/order-states.md`: the states of an order after its checkout, drawn from the state tables that the code obeys.
 * With `--check` it writes nothing and fails when the committed file is not what would be generated.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { checkoutTable } from '../workers/orders/domain/checkout/states.ts';
import { allowedIn, type StateTable, stateTables } from '../workers/orders/domain/order/states.ts';

export const orderStatesFile = path.resolve(import.meta.dirname, '..', 'docs/order-states.md');

const introduction = `# The states of an order

What may happen to a checkout, and to an order after it. The pictures are drawn from the tables in
\`workers/orders/domain/{checkout,order}/states.ts\` by \`npm run docs:states\`; a test fails when they differ.

A checkout is shown as \`processing\` while it is paying, placed, reopening or undoing. A payment that comes to nothing is called off
at the provider (reopening), and the checkout is open again with all that it holds: for another card, or another way to pay, until
its holds end. The fifth decline closes it instead, and so does a capture that is declined once the order was placed. A payment
page that was left is called off when the shopper pays otherwise, and when the cart is changed, which ends the checkout
([decision 29](decisions/0029-a-declined-payment-leaves-its-checkout-open.md)).

Whatever has effects elsewhere (stock, money) is one *operation*: its intent is recorded first, with everything that it needs;
then its effects run, each under a key made from the checkout and the number of the operation; then its outcome is recorded. A
crash in between is resumed by alarm from the intent, and a refusal undoes what was done, in reverse. The operations of one
order run one after the other, so two refunds cannot both count on the same money.

| operation | effects, in this order | undone by |
| --- | --- | --- |
| fulfill | ship, then capture where the order is captured when it ships | unship |
| cancel | refund what was captured or void what was not, pay back store credit and gift cards, give back uses of promotions, then the stock | – |
| capture | capture | – |
| refund | refund at the provider, then what was received later, then store credit, then gift cards, last card first; last the stock of units that were still to ship | – |
| collect | book what was received | – |
| receive a return | restock; then, as an operation of its own, refund, or hold and commit the goods of an exchange | – |
| edit | hold and commit what is added, refund the difference, give back what is removed | give back the holds |

What cannot be undone comes after everything that may be refused: a shopper is never refunded by an edit that then fails.

Money that is taken as goods ship may stay authorized beyond what is owed: an edit lowered the total, or units were canceled.
When an edit or a refund removes the last units to ship and others have left, what is still owed is captured by an operation of
its own that follows. Its decline brings no units back: the timeline names it, and unless the provider would take a lesser
amount, the debt is outstanding from then on. Once all units have shipped or are canceled and nothing is left to capture, the
operation that led there also lets go of the rest, as its last effect. What a later edit adds is then asked of the payer.

A provider that declines a capture may let go of the whole authorization with it, so it is asked what can still be taken. Where
that is nothing, the refused shipment or capture leaves the rest outstanding: the order is listed so, its goods are held, and the
money can be recorded once it has come in some other way. Otherwise it stays authorized, and the capture can be tried again.

The goods of an order are held while money is outstanding, that is owed beyond what was taken and what is still authorized:
\`payment-outstanding\`. They leave once it is recorded, where the way to pay says \`shipsUnpaid\`, or with \`shipUnpaid: true\` for
one fulfillment. The preview of an edit says what the edit will leave outstanding.

Units that are refunded before they ship are canceled with the refund: they stay on their line as \`canceledQuantity\`, never
ship, and their stock can be sold again. A refund of a line cancels as many of its units as are still to ship, or
\`cancelQuantity\` of them where the merchant says so; no more units are refunded than have left or are canceled. They stay
canceled when the refund fails days later, and can be refunded again. A refund of an amount or of the shipping touches no units.
The cancellation of an order cancels all that is left of it. What it cannot give back at once, because the money is disputed or a
refund fails later, is refunded when the shop has it again, for these units or as an amount.

A refund credits units at what was charged for them, and the shipping that it names. The credit settles what is still owed
first: what is outstanding or may still be captured shrinks, and only what was paid beyond that is paid out. So units for which
no money was taken leave the order without any; where nothing was taken at all and nothing has shipped, the last of them go by
cancelling the order (\`edit-empties-order\`). An \`amount\` beside lines and shipping is goodwill and is paid out whole. More than
is left of the money is refused (\`refund-too-large\`, with the most that can be paid). \`amount\` on a line says how much is paid
out for its units at most, 0 for nothing: they leave all the same, and the rest of what was paid for them stays with the shop.

Money also moves at the provider without the shop: refunds made there by hand, disputes, refunds that fail after they were done.
News of the payment, and every cancel and refund, make the order read the payment's totals while no operation is under way. A
refund of its own that failed does not count any more; what no refund explains is kept as refunded elsewhere or charged back,
the timeline names it, and only the rest can be refunded. While disputes have all the money that is left, nothing ships:
the order is canceled or, once something has left, the rest is removed by an edit, or by a refund of its units with amount 0.

A dispute is \`open\`, then \`won\` or \`lost\`; one that was lost may be won by an appeal. Its money moves at moments of its own: the
bank withdraws it (\`funds: withdrawn\`), mostly at once, and gives it back (\`reinstated\`) after it was won. The timeline tells
\`dispute\`, \`dispute-won\` and \`dispute-lost\`, and \`dispute-funds-withdrawn\` or \`dispute-funds-reinstated\` where the money moved at
another time. Inquiries, which take no money, are not followed.
`;

/** The whole page. */
export function orderStatesPage(): string {
  return `${[introduction, ...[checkoutTable, ...stateTables].map(section)].join('\n')}`;
}

function section(table: StateTable<string, string>): string {
  const title = `## ${table.name[0]?.toUpperCase()}${table.name.slice(1)}`;
  return `${title}\n\n\`\`\`mermaid\n${picture(table)}\n\`\`\`\n`;
}

/** Actions that lead the same way share one arrow; those that change nothing stand beside their state. */
function picture(table: StateTable<string, string>): string {
  const states = [...new Set([table.initial, ...table.transitions.flatMap(({ from, to }) => [from, to])])];
  const labels = new Map<string, string[]>();
  for (const { from, action, to } of table.transitions) {
    const arrow = `${nameOf(from)} --> ${nameOf(to)}`;
    labels.set(arrow, [...(labels.get(arrow) ?? []), action]);
  }
  const ends = states.filter((state) => allowedIn(table, state).length === 0);
  return [
    'stateDiagram-v2',
    ...states.map((state) => `  ${nameOf(state)}: ${state}`),
    `  [*] --> ${nameOf(table.initial)}`,
    ...[...labels].map(([arrow, actions]) => `  ${arrow}: ${actions.join(', ')}`),
    ...ends.map((state) => `  ${nameOf(state)} --> [*]`),
  ].join('\n');
}

/** A name without hyphens, which Mermaid would read as an arrow. */
function nameOf(state: string): string {
  return state.replaceAll('-', '_');
}

async function main(): Promise<void> {
  const committed = await readFile(orderStatesFile, 'utf8').catch(() => null);
  const generated = orderStatesPage();
  if (committed === generated) console.log('docs/order-states.md is up to date');
  else if (process.argv.includes('--check')) {
    console.error('docs/order-states.md is not what the state tables say. Run: npm run docs:states');
    process.exitCode = 1;
  } else {
    await writeFile(orderStatesFile, generated);
    console.log('wrote docs/order-states.md');
  }
}

// A test imports the page; only a call by name writes it.
if (process.argv[1] !== undefined && path.resolve(process.argv[1]) === import.meta.filename) await main();
