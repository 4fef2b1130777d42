-- Every market says from which value on it takes orders and how much of a variant, now and in the settings of former versions:
-- until a merchant says otherwise, any.
update settings_rows set body = json_set(body, '$.orderMinimums', json('[]'), '$.variantMaximums', json('[]'))
  where kind = 'markets' and body ->> 'orderMinimums' is null;
