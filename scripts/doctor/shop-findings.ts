/** What is missing before the shop can sell: catalogue, shipping, taxes. Pure functions of facts. */
import type { Market } from '../../shared/contracts/pricing/markets.ts';
import type { ShopState } from '../setup/state.ts';
import type { Facts } from './facts.ts';
import { type Finding, findingsOf } from './finding.ts';
import { listed, namesOf, triedOf } from './tried-markets.ts';

export function catalogueFindings(facts: Facts): Finding[] {
  const { ok, warn, fail } = findingsOf('catalogue');
  const { active, isWhole } = facts.catalogue;
  if (active.length === 0)
    return [
      fail(
        'No product is published.',
        'There is nothing to buy.',
        'Import products (npm run import -- FILE.csv), and set their status to active.',
      ),
    ];
  const findings = [ok(`${active.length}${isWhole ? '' : ' or more'} products are published.`)];
  const variants = active.flatMap((product) => product.variants);
  const served = triedOf(facts).filter(({ isServed }) => isServed);
  for (const currency of new Set(served.flatMap(({ market }) => market.currencies))) {
    const without = variants.filter(({ prices }) => !prices.some((price) => price.currency === currency));
    if (without.length === 0) findings.push(ok(`Every variant has a price in ${currency}.`));
    else
      findings.push(
        (without.length === variants.length ? fail : warn)(
          `${without.length} of ${variants.length} variants have no price in ${currency}: ${listed(without.map(({ sku }) => sku))}.`,
          `A market sells in ${currency}, and what has no price there cannot be bought.`,
          `Give them prices in ${currency} (POST /admin/v1/prices), or take the currency out of its markets.`,
        ),
      );
  }
  const counted = variants.filter(({ tracked, policy }) => tracked && policy === 'deny');
  const empty = counted.filter(({ available }) => available !== null && available <= 0);
  if (empty.length === 0) findings.push(ok('Everything that is counted is in stock.'));
  else {
    const what = `${empty.length} of ${variants.length} variants are out of stock: ${listed(empty.map(({ sku }) => sku))}.`;
    const tell = empty.length === variants.length ? fail : warn;
    findings.push(tell(what, 'They cannot be bought.', 'Count what is there (POST /admin/v1/inventory/levels).'));
  }
  return findings;
}

export function shippingFindings(facts: Facts): Finding[] {
  const { ok, warn, fail, skipped } = findingsOf('shipping');
  const tried = triedOf(facts);
  const home = tried.find(({ market }) => market.isDefault);
  const served = tried.filter(({ isServed }) => isServed);
  const findings: Finding[] = [];
  if (home === undefined || !home.isServed)
    findings.push(
      fail(
        `Nothing is sent to the home market${home === undefined ? '' : `, ${home.market.name}`}.`,
        'Checkouts of its shoppers are refused.',
        'Give it a shipping rate: npm run setup.',
      ),
    );
  const closed = tried.filter(({ isServed, market }) => !isServed && !market.isDefault);
  if (closed.length > 0) findings.push(ok(`Nothing is sent to ${namesOf(closed)}, because no shipping rate is there.`));
  const refused = served.filter(({ sale }) => sale.kind === 'refused');
  for (const { market, sale } of refused)
    if (sale.kind === 'refused')
      findings.push(
        fail(`A cart for ${market.name} was refused: ${sale.detail}`, 'Nobody there can buy.', 'See what it says.'),
      );
  const without = served.filter(({ sale }) => sale.kind === 'quoted' && sale.shipping === 0);
  if (without.length > 0)
    findings.push(
      (without.some(({ market }) => market.isDefault) ? fail : warn)(
        `A real cart for ${namesOf(without)} is offered no way to ship.`,
        'Its rates have no price in the usual currency, or their zones, weights or profiles leave it out.',
        'Look at the shipping rates of these markets: GET /admin/v1/shipping-rates.',
      ),
    );
  const fine = served.filter(({ sale }) => sale.kind === 'quoted' && sale.shipping > 0);
  if (fine.length > 0)
    findings.push(ok(`A real cart is offered a way to ship in ${fine.length} markets: ${namesOf(fine)}.`));
  const untried = served.filter(({ sale }) => sale.kind === 'nothing-to-sell');
  if (untried.length > 0)
    findings.push(
      skipped(
        `Shipping to ${namesOf(untried)} was not tried.`,
        'Nothing there has a price in its usual currency and is in stock.',
      ),
    );
  return findings;
}

/** What stands for a tax in a country, whatever its regions: rows of the table, or the rate of its market. */
function isTaxed({ taxRates }: ShopState, country: string, market: Market): boolean {
  const rows = taxRates.filter(({ zone, taxClass }) => zone.country === country && taxClass === 'standard');
  const rates = rows.length > 0 ? rows.map(({ rate }) => rate) : [market.taxRate];
  return rates.some((rate) => /[1-9]/.test(rate));
}

export function taxFindings(facts: Facts): Finding[] {
  const { ok, warn, fail } = findingsOf('taxes');
  const served = triedOf(facts).filter(({ isServed }) => isServed);
  const places = served.flatMap(({ market }) => market.countries.map((country) => ({ country, market })));
  const untaxed = places.filter(({ country, market }) => !isTaxed(facts.state, country, market));
  const findings: Finding[] = [];
  if (untaxed.length > 0)
    findings.push(
      warn(
        `No tax is charged in ${listed(untaxed.map(({ country }) => country))}.`,
        'Where tax is owed for a sale it is yours to pay, whether it was charged or not.',
        'Right if you export there or owe none; otherwise add rates: npm run setup, or POST /admin/v1/tax-rates by region.',
      ),
    );
  const taxed = new Set(places.filter((place) => !untaxed.includes(place)).map(({ country }) => country));
  if (taxed.size > 0) findings.push(ok(`Tax is charged in ${listed([...taxed])}.`));
  if (served.some(({ market, sale }) => market.countries.length === 0 && sale.kind === 'quoted' && sale.taxMinor === 0))
    findings.push(ok('The rest of the world is charged none, as exports usually are.'));
  const odd = served.filter(({ market, sale }) => {
    const isExpected = market.countries.every((country) => isTaxed(facts.state, country, market));
    const isNone = sale.kind === 'quoted' && sale.taxMinor === 0 && !sale.isTaxOpen;
    return market.countries.length > 0 && isExpected && isNone;
  });
  if (odd.length > 0)
    findings.push(
      fail(
        `A real cart for ${namesOf(odd)} was charged no tax, although there is a rate.`,
        'The rate has no effect on what is sold.',
        'Look at the tax class of the product and whether it is taxable (GET /v1/carts/{cartId}/explain shows each step).',
      ),
    );
  return findings;
}
