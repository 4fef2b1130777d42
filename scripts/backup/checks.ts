/**
 * Whether the parts of a copied shop tell one story. What is under way is right before and after each of its steps, because it goes
 * on after a restore; what has ended must be whole: a copy that took one file earlier than another breaks these.
 */
import type { Facts } from './facts.ts';

/** A question to the book of facts, whose rows are faults, and the sentence for one of them. */
interface Check {
  readonly faults: string;
  say(row: Readonly<Record<string, unknown>>): string;
}

const checks: readonly Check[] = [
  {
    faults: `select c.kind, c.name, sum(c.low) as low, sum(c.high) as high, coalesce(l.committed, 0) as committed
      from claims c left join levels l on l.kind = c.kind and l.name = c.name group by c.kind, c.name
      having coalesce(l.committed, 0) not between sum(c.low) and sum(c.high)`,
    say: ({ kind, name, low, high, committed }) =>
      `The ${kind} ${name} has ${committed} promised, by its orders ${low === high ? low : `${low} to ${high}`}.`,
  },
  {
    faults: `select kind, name, committed from levels l where committed <> 0
      and not exists (select 1 from claims c where c.kind = l.kind and c.name = l.name)`,
    say: ({ kind, name, committed }) =>
      `The ${kind} ${name} has ${committed} promised, and there is no order that it is promised to.`,
  },
  {
    faults: `select m.kind, m.name, m.key from commits m
      where not exists (select 1 from checkouts c where c.order_id = m.order_id and c.phase not in ('open', 'paying', 'reopening'))`,
    say: ({ kind, name, key }) => `The ${kind} ${name} is promised under ${key}, and its order is not there.`,
  },
  {
    faults: `select c.order_id, c.captured, p.captured as booked from checkouts c left join payments p on p.key = c.payment_key
      where c.phase = 'completed' and c.captured > 0 and coalesce(p.captured, 0) < c.captured`,
    say: ({ order_id, captured, booked }) =>
      `The order ${order_id} was paid ${captured}, and its payment has ${booked ?? 'no row'}.`,
  },
  {
    faults: `select c.order_id, c.payment_key from checkouts c left join payments p on p.key = c.payment_key
      where c.phase = 'completed' and c.provider <> 'manual' and c.due > 0 and p.key is null`,
    say: ({ order_id, payment_key }) => `The order ${order_id} has no payment ${payment_key}.`,
  },
  {
    faults: `select r.order_id, r.payment_key from received r left join payments p on p.key = r.payment_key
      where coalesce(p.captured, 0) < r.captured`,
    say: ({ order_id, payment_key }) => `The order ${order_id} received money that is in no books: ${payment_key}.`,
  },
  {
    faults: `select p.key, p.status from payments p where (p.captured > 0 or p.status in ('authorized', 'requires_action'))
      and not exists (select 1 from checkouts c where c.order_id = p.order_id and c.payment_key is not null)
      and not exists (select 1 from received r where r.payment_key = p.key)
      and not exists (select 1 from checkouts c where c.order_id = p.order_id and c.is_moving = 1)
      and not exists (select 1 from checkouts c where c.order_id = p.order_id and c.phase in ('open', 'reopening'))`,
    say: ({ key, status }) => `The payment ${key} is ${status}, and its order is not there.`,
  },
  { faults: 'select name, why from unbalanced', say: ({ name, why }) => `The books of ${name} are wrong: ${why}.` },
  {
    faults: `select c.order_id, k.id, k.status from checkouts c join carts k on k.id = c.cart_id
      where c.phase = 'completed' and (k.status = 'active' or k.checkout_id <> c.id)`,
    say: ({ order_id, id, status }) =>
      `The cart ${id} of the order ${order_id} is ${status}: it could be bought again.`,
  },
  {
    faults: `select k.id, k.checkout_id from carts k left join checkouts c on c.id = k.checkout_id
      where k.status = 'completed' and coalesce(c.phase, '') <> 'completed'`,
    say: ({ id, checkout_id }) => `The cart ${id} was bought by ${checkout_id}, and its order is not there.`,
  },
  {
    faults: `select l.name, l.sequence, c.version from listed l left join checkouts c on c.order_id = l.name
      where l.kind = 'order' and l.sequence > coalesce(c.version, 0)
      union all select t.order_id, t.sequence, c.version from told t left join checkouts c on c.order_id = t.order_id
      where t.sequence > coalesce(c.version, 0)`,
    say: ({ name, sequence, version }) =>
      `Step ${sequence} of the order ${name} was told, and the order has ${version ?? 'none'}.`,
  },
  {
    faults: `select l.kind, l.name, l.sequence, v.version from listed l left join levels v on v.kind = l.kind and v.name = l.name
      where l.kind <> 'order' and l.sequence > coalesce(v.version, 0)`,
    say: ({ kind, name, sequence, version }) =>
      `Step ${sequence} of the ${kind} ${name} was told, and it has ${version ?? 'none'}.`,
  },
  {
    faults: `select c.order_id from checkouts c where c.phase in ('placed', 'completed')
      and not exists (select 1 from listed l where l.kind = 'order' and l.name = c.order_id)
      and not exists (select 1 from untold u where u.order_id = c.order_id and u.subscriber = 'orders')`,
    say: ({ order_id }) => `The order ${order_id} is in no list, and nothing waits that would put it there.`,
  },
];

/** More of them tell nothing new. */
const faultsPerCheckMax = 20;

export interface Findings {
  /** Sentences; none is a copy of one moment of a shop that is right. */
  readonly faults: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
}

const counted: Readonly<Record<string, string>> = {
  orders: "select count(*) as n from checkouts where phase = 'completed'",
  ordersInFlight: "select count(*) as n from checkouts where is_moving = 1 and (phase <> 'open')",
  checkoutsOpen: "select count(*) as n from checkouts where phase = 'open'",
  checkoutsEnded: "select count(*) as n from checkouts where phase in ('failed', 'expired', 'canceled')",
  unitsPromised: "select coalesce(sum(committed), 0) as n from levels where kind = 'stock'",
  unitsPromisedByOrders: "select coalesce(sum(low), 0) as n from claims where kind = 'stock'",
  payments: 'select count(*) as n from payments where captured > 0',
  ordersPaid: "select count(*) as n from checkouts where phase = 'completed' and captured > 0",
  allowancesUsed: "select count(*) as n from levels where kind = 'allowance' and committed > 0",
  cartsBought: "select count(*) as n from carts where status = 'completed'",
  eventsUntold: 'select count(*) as n from untold',
};

export function checkFacts(facts: Facts): Findings {
  const faults = checks.flatMap(({ faults: question, say }) => {
    const rows = facts.ask(`select * from (${question}) limit ${faultsPerCheckMax + 1}`);
    const said = rows.slice(0, faultsPerCheckMax).map(say);
    return rows.length > faultsPerCheckMax ? [...said, `… and more like the last one.`] : said;
  });
  const counts = Object.entries(counted).map(([name, sql]) => [name, Number(facts.ask(sql)[0]?.n ?? 0)]);
  return { faults, counts: Object.fromEntries(counts) };
}
