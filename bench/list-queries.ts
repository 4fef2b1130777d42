/** What is asked of lists of a large shop: filters alone and together, orders, pages from deep inside, and words that few or all have. */
import { encodeCursor } from '../shared/http/pagination.ts';
import { placedAtOf } from './many-orders.ts';

export interface ListQueries {
  readonly path: string;
  readonly queries: readonly string[];
}

const deep = (list: string, ...key: readonly (string | number)[]) => `cursor=${encodeCursor(list, key)}`;
const middle = (count: number) => deep('orders by -placedAt', placedAtOf(count >> 1), '');
const week = 'placedFrom=2020-01-01T10:00:00Z&placedBefore=2020-01-01T11:00:00Z';

export const orderQueries = (count: number): ListQueries => ({
  path: '/admin/v1/orders',
  queries: [
    ...[middle(count), 'limit=100', `limit=100&${middle(count)}`, 'sort=placedAt', 'sort=-updatedAt', 'sort=number'],
    ...[
      'sort=total',
      `sort=total&${deep('orders by total', 5_500, '')}`,
      'status=paid',
      `status=paid&${middle(count)}`,
    ],
    ...['status=placed', 'status=canceled&sort=total', 'paymentStatus=captured', 'paymentStatus=refunded&sort=-total'],
    ...['fulfillmentStatus=unfulfilled', 'outstanding=true', 'outstanding=true&sort=total', week, `${week}&sort=total`],
    ...['country=DE', 'country=LI', 'country=LI&sort=total', 'country=AT&region=AT-3', 'region=FR-IDF&sort=-total'],
    ...[
      'customer=BUYER12@Example.org',
      'customerId=customer-12',
      'customerId=nobody',
      'number=0000-0012',
      'number=ZZZZ-9999',
    ],
    ...[
      'q=0000-0012',
      'q=buyer1234@EXAMPLE.org',
      'q=buyer12@example.org',
      'q=nobody@example.org',
      'q=buyer12',
      'q=example',
    ],
    ...[
      `q=example&${middle(count)}`,
      'q=example&sort=total',
      'q=a+m',
      'q=nothing',
      'name=m%C3%BCller',
      'name=MULLER&sort=total',
    ],
    ...[
      'q=%E5%B1%B1%E7%94%B0',
      'q=%2B49+30+2000010',
      'q=030+2000010',
      'q=030+9999999',
      'sku=HAT-3',
      'sku=none',
      'tag=vip',
    ],
    ...[
      'tag=vip&sort=-total',
      'status=canceled&fulfillmentStatus=fulfilled',
      'status=canceled&fulfillmentStatus=fulfilled&sort=total',
    ],
    ...['country=DE&outstanding=true', 'country=DE&outstanding=true&paymentStatus=captured&sort=total'],
    ...[
      'country=AT&region=AT-3&fulfillmentStatus=unfulfilled',
      'country=AT&status=placed&sort=total',
      `${week}&country=AT&sort=total`,
    ],
    ...[
      'q=example&country=LI&sort=-total',
      'q=example&status=canceled&fulfillmentStatus=fulfilled',
      'sku=HAT-3&status=canceled',
    ],
    ...[
      'name=m%C3%BCller&fulfillmentStatus=unfulfilled',
      'tag=vip&sku=HAT-1&country=AT',
      'q=anton&fulfillmentStatus=unfulfilled&sort=total',
    ],
    'q=anna&sku=hat-1&tag=vip&country=DE&status=paid&placedFrom=2020-01-01&sort=-total',
  ],
});

export const otherQueries = (count: number, promotionId: string): readonly ListQueries[] => [
  {
    path: '/admin/v1/draft-orders',
    queries: [
      'status=open',
      'status=completed',
      'customer=BUYER12@example.org',
      'q=buyer1234',
      'q=example',
      'q=winterhut',
      'q=nobody',
    ],
  },
  {
    path: '/admin/v1/events',
    queries: [
      ...[`after=${count >> 1}`, 'type=orders.order.paid', 'type=inventory.stock.low', 'type=none', 'subject=ord_77'],
      ...['subject=stk_busy', 'subject=stk_busy&type=inventory.stock.low', 'subject=stk_busy&type=orders.order.paid'],
    ],
  },
  {
    path: '/admin/v1/inventory',
    queries: [
      deep('stock', 'SKU-050000'),
      'prefix=SKU-07',
      'prefix=none',
      'shortfall=true',
      'shortfall=true&prefix=SKU-0990',
    ],
  },
  {
    path: `/admin/v1/promotions/${promotionId}/codes`,
    queries: ['status=active', 'status=disabled', 'search=V7', 'search=nothing', 'status=disabled&search=V7'],
  },
];
