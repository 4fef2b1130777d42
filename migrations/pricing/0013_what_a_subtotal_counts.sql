-- Every shipping rate says what its thresholds count, now and in the settings of former versions.
update settings_rows set body = json_set(body, '$.subtotalCounts', 'after-discounts')
  where kind = 'shippingRates' and body ->> 'subtotalCounts' is null;
