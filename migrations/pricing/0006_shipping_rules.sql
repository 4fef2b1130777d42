-- What narrows a shipping rate down, and how its price grows. Rates from before have one price for their whole market.
alter table shipping_rates add column rules text not null
  default '{"kind":"delivery","zones":[],"profiles":[],"weightMaxGrams":null,"steps":[]}' check (json_valid(rules));
