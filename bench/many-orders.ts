/**
 * Rows of many orders, made by SQLite itself: states are spread as in a shop that ships what it sells, forty orders to a buyer,
 * and their words, regions and telephone numbers as in a shop that sells to several countries. Each statement takes the first order and the one after the last.
 */

const begin = Date.UTC(2020, 0, 1);
const between = 1_000;

export const placedAtOf = (index: number) => begin + index * between;

const made =
  'with recursive made (n) as (select cast(?1 as integer) union all select n + 1 from made where n + 1 < ?2)';
const id = "'ord_' || printf('%026d', n)";
const numbers = "printf('%04d-%04d', n / 10000, n % 10000)";
const names = `case n % 20 when 0 then 'jose muller' when 1 then 'anna mia schmidt' when 2 then '山 田 太 郎' else 'anton maier ' || (n / 40) end`;

/** Of one order in five. */
const hasPhone = 'n % 5 = 0';
const digits = "printf('%07d', 2000000 + n)";
const backwards = Array.from({ length: 7 }, (_, index) => `substr(${digits}, ${7 - index}, 1)`).join(' || ');
const phoneWords = `case when ${hasPhone} then ' 49 30 ' || ${digits} || ' 4930' || ${digits} || ' tel' || ${backwards} || '0394' else '' end`;

export const insertTexts = `insert into order_texts (id, number, contact, names, goods, exact) ${made}
  select ${id}, replace(${numbers}, '-', ' ') || ' ' || replace(${numbers}, '-', ''), 'buyer' || (n / 40) || ' example org' || ${phoneWords},
    ${names}, 'hat ' || (n % 10) || ' sommerhut', 's' || lower(hex('hat-' || (n % 10))) || case when n % 3 = 0 then ' t' || lower(hex('vip')) else '' end
  from made`;

export const insertOrders = `insert into orders (id, checkout_id, number, status, email, email_key, phone, customer, customer_id, name,
    country, region, tags, currency, total_minor, captured_minor, refunded_minor, outstanding_minor, payment_status, fulfillment_status,
    payment_provider, quantity, placed_at, updated_at, sequence, document) ${made}
  select ${id}, 'chk_' || printf('%026d', n), ${numbers},
    case when n % 100 = 0 then 'placed' when n % 20 = 7 then 'canceled' else 'paid' end,
    'buyer' || (n / 40) || '@example.org', 'buyer' || (n / 40) || '@example.org',
    case when ${hasPhone} then '+49 30 ' || ${digits} end, 'hash' || (n / 40),
    case when n / 40 % 2 = 0 then 'customer-' || (n / 40) end,
    'Anton Maier', case when n % 10 < 7 then 'DE' when n % 10 = 7 then 'AT' else 'FR' end,
    case when n % 10 = 7 then 'AT-' || (1 + n / 10 % 9) when n % 10 > 7 then 'FR-IDF' when n % 2 = 0 then 'DE-BE' end,
    case when n % 3 = 0 then '["vip"]' else '[]' end,
    'EUR', 1000 + n * 7919 % 9000, 1000, 0, case when n % 500 = 499 then 500 else 0 end,
    case when n % 100 = 0 then 'authorized' when n % 20 = 7 then 'voided' when n % 25 = 3 then 'refunded' else 'captured' end,
    case when n % 20 = 7 then 'canceled' when n % 50 = 1 then 'unfulfilled' else 'fulfilled' end,
    'manual', 1 + n % 3, ${begin} + n * ${between}, ${begin} + n * ${between}, 3,
    (select document from order_texts t where t.id = ${id}) from made`;

export const insertDetails = `insert into order_details (id, details) ${made}
  select ${id}, json_object('subtotalMinor', 1000, 'discountMinor', 0, 'shippingMinor', 490, 'taxMinor', 200,
    'shippingAddress', json_object('firstName', 'Anton', 'lastName', 'Maier', 'address1', 'Unter den Linden ' || n,
      'city', 'Berlin', 'postalCode', '10117', 'country', 'DE'),
    'billingAddress', null,
    'lines', json_array(
      json_object('lineId', 'lin_1', 'variantId', 'var_' || (n % 10), 'sku', 'hat-' || (n % 10), 'title', 'Sommerhut',
        'variantTitle', 'Rot / L', 'quantity', 1, 'unitPriceMinor', 500, 'discountMinor', 0, 'taxMinor', 80, 'totalMinor', 500),
      json_object('lineId', 'lin_2', 'variantId', 'var_11', 'sku', 'cap-1', 'title', 'Mütze', 'variantTitle', null,
        'quantity', 1 + n % 3, 'unitPriceMinor', 500, 'discountMinor', 0, 'taxMinor', 80, 'totalMinor', 500)),
    'refunds', case when n % 25 = 3 then json_array(
      json_object('refundId', 'rfd_1', 'cause', 'refund', 'isPending', json('false'), 'amountMinor', 500, 'shippingMinor', 0,
        'lines', json_array(json_object('lineId', 'lin_1', 'quantity', 1, 'amountMinor', 500, 'taxMinor', 80)),
        'refundedAt', '2026-01-01T00:00:00.000Z')) else json_array() end)
  from made`;
