-- Every promotion says how much it takes off at most, what of an order it reduces and counts, and whether it has unique codes,
-- now and in the settings of former versions: until a merchant says otherwise, as before.
update settings_rows set body = json_set(body, '$.hasUniqueCodes', json('false'), '$.excludesSaleItems', json('false'),
    '$.conditions.minItemsSubtotals', json('[]'))
  where kind = 'promotions' and body ->> 'hasUniqueCodes' is null;
update settings_rows set body = json_set(body, '$.offer.maxAmounts', json('[]'))
  where kind = 'promotions' and body ->> '$.offer.maxAmounts' is null and body ->> '$.offer.kind' in
    ('percent-off-order', 'percent-off-items', 'buy-x-get-y', 'tiered-by-subtotal', 'tiered-by-quantity', 'percent-off-shipping');
update settings_rows set body = json_set(body, '$.offer.unitsPerOrderMax', null, '$.offer.unitsFirst', 'cheapest')
  where kind = 'promotions' and body ->> '$.offer.unitsFirst' is null
    and body ->> '$.offer.kind' in ('percent-off-items', 'fixed-off-each-item');
