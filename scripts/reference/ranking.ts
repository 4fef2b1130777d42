/**
 * What a search of the reference finds, and in which order. People ask in words of their own ("coupon", "how to ship an
 * order"), so a word also counts by what the reference calls the same thing, and where no entry has all of the words, those
 * with the most are shown. Pure, and run by the browser.
 */

/** What can be found: kind, name, where or what it is, address, and further words. */
export type Found = readonly [kind: string, name: string, detail: string, href: string, words: string];

export const resultsMax = 12;

/** Words of a question that say nothing about what is looked for. */
const idle = new Set('a an the of to for in on by with how do does can i my is are what when and or'.split(' '));

/** What people call it, and what the reference does, the likeliest first. */
const alike: Readonly<Record<string, readonly string[]>> = {
  account: ['customer'],
  article: ['product'],
  auth: ['authenticated', 'admin key'],
  authentication: ['authenticated', 'admin key'],
  bag: ['cart'],
  basket: ['cart'],
  bundle: ['components'],
  buy: ['start checkout'],
  callback: ['webhook', 'events'],
  cache: ['if none match'],
  carrier: ['fulfillment', 'fulfill', 'shipping'],
  category: ['collection'],
  chargeback: ['dispute'],
  coupon: ['discount code', 'promotion'],
  courier: ['fulfillment', 'fulfill'],
  customer: ['shopper'],
  delivery: ['shipping', 'fulfillment', 'fulfill'],
  dispatch: ['fulfillment', 'fulfill'],
  discount: ['promotion'],
  dropdown: ['option'],
  email: ['e-mail', 'message'],
  error: ['problem'],
  failure: ['problem', 'dead letter'],
  etag: ['if match'],
  fetch: ['read', 'list'],
  find: ['search', 'list'],
  get: ['read', 'list'],
  giftcard: ['gift card'],
  inventory: ['stock'],
  invoice: ['payment method'],
  item: ['line', 'product'],
  login: ['customer', 'admin key', 'token'],
  mail: ['message'],
  modify: ['change', 'edit'],
  money: ['payment', 'refund'],
  new: ['create'],
  notification: ['message', 'event'],
  pagination: ['cursor'],
  paging: ['cursor'],
  parcel: ['fulfillment', 'fulfill'],
  password: ['admin key', 'token'],
  paypal: ['payment'],
  photo: ['image'],
  picture: ['image'],
  postage: ['shipping'],
  purchase: ['start checkout'],
  redirect: ['edit product', 'edit collection'],
  region: ['country'],
  remove: ['delete'],
  delete: ['remove'],
  reserve: ['hold'],
  rma: ['return'],
  sale: ['promotion', 'price list'],
  schedule: ['starts'],
  set: ['change', 'edit'],
  ship: ['fulfill', 'fulfillment'],
  shipment: ['fulfillment', 'fulfill'],
  shipping: ['fulfillment', 'fulfill'],
  show: ['read', 'list'],
  stock: ['inventory'],
  stocktake: ['set levels', 'adjust stock'],
  store: ['shop', 'location'],
  throttle: ['rate limit'],
  tracking: ['track', 'fulfillment'],
  update: ['change', 'edit'],
  upload: ['import'],
  user: ['customer'],
  vat: ['tax'],
  view: ['read', 'list'],
  voucher: ['discount code', 'gift card'],
  warehouse: ['location'],
  webhook: ['event', 'message'],
  wholesale: ['price list', 'customer group'],
  zone: ['country', 'shipping'],
  '3ds': ['3-d secure'],
};

/** Who searches wants something to do or to read; a schema is reached from there too. Deleting is seldom what is meant. */
const weights: Readonly<Record<string, number>> = { page: 1.1, DELETE: 0.9, event: 0.7, problem: 0.7, schema: 0.5 };
/** The first of other names is the likeliest. */
const worthOfName = (place: number): number => 0.8 - place / 10;

export function search(entries: readonly Found[], text: string): readonly Found[] {
  const wanted = wordsOf(text);
  const telling = wanted.filter((word) => !idle.has(word));
  const asked = telling.length > 0 ? telling : wanted;
  const rated = entries.map((entry) => ({ entry, ...rate(entry, asked) }));
  const most = Math.max(...rated.map(({ hits }) => hits), 1);
  return rated
    .filter(({ hits }) => hits === most)
    .sort((left, right) => right.sum - left.sum)
    .slice(0, resultsMax)
    .map(({ entry }) => entry);
}

/** How many of the words an entry has, and how well. Of two that are alike, the name that begins with it is meant, or the shorter. */
function rate([kind, name, detail, , words]: Found, asked: readonly string[]): { hits: number; sum: number } {
  const title = wordsOf(name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' '));
  const rest = wordsOf(`${detail} ${words}`);
  const points = asked.map((word) => best(word, title, rest)).filter((point) => point > 0);
  const sum = points.reduce((total, point) => total + point, 0);
  const isFirst = asked.some((word) => singular(word) === singular(title[0] ?? ''));
  return { hits: points.length, sum: (sum + (isFirst ? 1 : 0)) * (weights[kind] ?? 1) - title.length / 10 };
}

function best(word: string, title: readonly string[], rest: readonly string[]): number {
  const others = alike[word] ?? alike[singular(word)] ?? [];
  const named = others.map(
    (other, place) => worthOfName(place) * Math.min(...wordsOf(other).map((part) => point(part, title, rest))),
  );
  return Math.max(point(word, title, rest), ...named);
}

function point(word: string, title: readonly string[], rest: readonly string[]): number {
  const plain = singular(word);
  if (title.some((part) => singular(part) === plain)) return 10;
  if (title.some((part) => part.startsWith(plain))) return 7;
  if (rest.some((part) => singular(part) === plain)) return 3;
  return rest.some((part) => part.startsWith(plain)) ? 2 : 0;
}

function wordsOf(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

function singular(word: string): string {
  if (/(?:ss|us|is)$/.test(word) || word.length < 4) return word;
  return word
    .replace(/ies$/, 'y')
    .replace(/(?<=[sxz]|ch|sh)es$/, '')
    .replace(/s$/, '');
}
