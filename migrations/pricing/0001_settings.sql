-- Markets, shipping rates and their version, with the markets that a new shop starts with.
-- The rates are the standard VAT rates of the European Union and the United Kingdom: a shop in the Union taxes by the
-- country it sends to, so every country is a market. Sales tax of the United States differs by state and starts at zero.
-- See https://europa.eu/youreurope/business/taxation/vat/vat-rules-rates/

-- One row per write of any setting: the newest is the version of them all, and its primary key lets one writer win.
CREATE TABLE settings_versions (
  version INTEGER PRIMARY KEY,
  changed_at INTEGER NOT NULL,
  changed_by TEXT NOT NULL
);

CREATE TABLE markets (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  countries TEXT NOT NULL CHECK (json_valid(countries)),
  currencies TEXT NOT NULL CHECK (json_valid(currencies)),
  tax_rate TEXT NOT NULL,
  prices_include_tax INTEGER NOT NULL,
  rounding_mode TEXT NOT NULL CHECK (rounding_mode IN ('half-up', 'down')),
  rounding_level TEXT NOT NULL CHECK (rounding_level IN ('line', 'order')),
  is_default INTEGER NOT NULL,
  is_fallback INTEGER NOT NULL,
  version INTEGER NOT NULL
) WITHOUT ROWID;

CREATE UNIQUE INDEX markets_one_default ON markets (is_default) WHERE is_default = 1;
CREATE UNIQUE INDEX markets_one_fallback ON markets (is_fallback) WHERE is_fallback = 1;

-- Prices and thresholds are JSON lists of {"amount", "currency"} in minor units.
CREATE TABLE shipping_rates (
  id TEXT PRIMARY KEY,
  market_id TEXT NOT NULL REFERENCES markets (id),
  name TEXT NOT NULL,
  prices TEXT NOT NULL CHECK (json_valid(prices)),
  free_from TEXT NOT NULL CHECK (json_valid(free_from)),
  version INTEGER NOT NULL
) WITHOUT ROWID;

-- Answers already given to admin writes, by idempotency key; kept for a day.
CREATE TABLE idempotency_answers (
  key TEXT PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  status INTEGER NOT NULL,
  version INTEGER NOT NULL,
  body TEXT NOT NULL,
  created_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX idempotency_answers_by_age ON idempotency_answers (created_at);

INSERT INTO settings_versions (version, changed_at, changed_by) VALUES (1, unixepoch() * 1000, 'system:migration');

INSERT INTO markets
  (id, name, countries, currencies, tax_rate, prices_include_tax, rounding_mode, rounding_level, is_default, is_fallback, version)
VALUES
  ('mkt_01kdvdna00e008000000000010', 'Germany', '["DE"]', '["EUR"]', '0.19', 1, 'half-up', 'line', 1, 0, 1),
  ('mkt_01kdvdna00e008000000000020', 'Austria', '["AT"]', '["EUR"]', '0.20', 1, 'half-up', 'line', 0, 0, 1),
  ('mkt_01kdvdna00e008000000000030', 'Belgium', '["BE"]', '["EUR"]', '0.21', 1, 'half-up', 'line', 0, 0, 1),
  ('mkt_01kdvdna00e008000000000040', 'Bulgaria', '["BG"]', '["EUR"]', '0.20', 1, 'half-up', 'line', 0, 0, 1),
  ('mkt_01kdvdna00e008000000000050', 'Croatia', '["HR"]', '["EUR"]', '0.25', 1, 'half-up', 'line', 0, 0, 1),
  ('mkt_01kdvdna00e008000000000060', 'Cyprus', '["CY"]', '["EUR"]', '0.19', 1, 'half-up', 'line', 0, 0, 1),
  ('mkt_01kdvdna00e008000000000070', 'Czechia', '["CZ"]', '["EUR"]', '0.21', 1, 'half-up', 'line', 0, 0, 1),
  ('mkt_01kdvdna00e008000000000080', 'Denmark', '["DK"]', '["EUR"]', '0.25', 1, 'half-up', 'line', 0, 0, 1),
  ('mkt_01kdvdna00e008000000000090', 'Estonia', '["EE"]', '["EUR"]', '0.24', 1, 'half-up', 'line', 0, 0, 1),
  ('mkt_01kdvdna00e0080000000000a0', 'Finland', '["FI"]', '["EUR"]', '0.255', 1, 'half-up', 'line', 0, 0, 1),
  ('mkt_01kdvdna00e0080000000000b0', 'France', '["FR","MC"]', '["EUR"]', '0.20', 1, 'half-up', 'line', 0, 0, 1),
  ('mkt_01kdvdna00e0080000000000c0', 'Greece', '["GR"]', '["EUR"]', '0.24', 1, 'half-up', 'line', 0, 0, 1),
  ('mkt_01kdvdna00e0080000000000d0', 'Hungary', '["HU"]', '["EUR"]', '0.27', 1, 'half-up', 'line', 0, 0, 1),
  ('mkt_01kdvdna00e0080000000000e0', 'Ireland', '["IE"]', '["EUR"]', '0.23', 1, 'half-up', 'line', 0, 0, 1),
  ('mkt_01kdvdna00e0080000000000f0', 'Italy', '["IT"]', '["EUR"]', '0.22', 1, 'half-up', 'line', 0, 0, 1),
  ('mkt_01kdvdna00e0080000000000g0', 'Latvia', '["LV"]', '["EUR"]', '0.21', 1, 'half-up', 'line', 0, 0, 1),
  ('mkt_01kdvdna00e0080000000000h0', 'Lithuania', '["LT"]', '["EUR"]', '0.21', 1, 'half-up', 'line', 0, 0, 1),
  ('mkt_01kdvdna00e0080000000000j0', 'Luxembourg', '["LU"]', '["EUR"]', '0.17', 1, 'half-up', 'line', 0, 0, 1),
  ('mkt_01kdvdna00e0080000000000k0', 'Malta', '["MT"]', '["EUR"]', '0.18', 1, 'half-up', 'line', 0, 0, 1),
  ('mkt_01kdvdna00e0080000000000m0', 'Netherlands', '["NL"]', '["EUR"]', '0.21', 1, 'half-up', 'line', 0, 0, 1),
  ('mkt_01kdvdna00e0080000000000n0', 'Poland', '["PL"]', '["EUR"]', '0.23', 1, 'half-up', 'line', 0, 0, 1),
  ('mkt_01kdvdna00e0080000000000p0', 'Portugal', '["PT"]', '["EUR"]', '0.23', 1, 'half-up', 'line', 0, 0, 1),
  ('mkt_01kdvdna00e0080000000000q0', 'Romania', '["RO"]', '["EUR"]', '0.21', 1, 'half-up', 'line', 0, 0, 1),
  ('mkt_01kdvdna00e0080000000000r0', 'Slovakia', '["SK"]', '["EUR"]', '0.23', 1, 'half-up', 'line', 0, 0, 1),
  ('mkt_01kdvdna00e0080000000000s0', 'Slovenia', '["SI"]', '["EUR"]', '0.22', 1, 'half-up', 'line', 0, 0, 1),
  ('mkt_01kdvdna00e0080000000000t0', 'Spain', '["ES"]', '["EUR"]', '0.21', 1, 'half-up', 'line', 0, 0, 1),
  ('mkt_01kdvdna00e0080000000000v0', 'Sweden', '["SE"]', '["EUR"]', '0.25', 1, 'half-up', 'line', 0, 0, 1),
  ('mkt_01kdvdna00e0080000000000w0', 'United Kingdom', '["GB","IM"]', '["GBP"]', '0.20', 1, 'half-up', 'line', 0, 0, 1),
  ('mkt_01kdvdna00e0080000000000x0', 'United States', '["US"]', '["USD"]', '0', 0, 'half-up', 'line', 0, 0, 1),
  ('mkt_01kdvdna00e0080000000000y0', 'Rest of the world', '[]', '["EUR","USD"]', '0', 0, 'half-up', 'line', 0, 1, 1);

-- The id of a seeded rate is that of its market with another last digit, so a rate sorts with its market.
INSERT INTO shipping_rates (id, market_id, name, prices, free_from, version)
SELECT 'shr_' || substr(id, 5, 25) || '1', id, 'Standard', '[{"amount":490,"currency":"EUR"}]', '[{"amount":5000,"currency":"EUR"}]', 1
FROM markets WHERE currencies = '["EUR"]';
INSERT INTO shipping_rates (id, market_id, name, prices, free_from, version)
SELECT 'shr_' || substr(id, 5, 25) || '2', id, 'Express', '[{"amount":1290,"currency":"EUR"}]', '[]', 1
FROM markets WHERE currencies = '["EUR"]';

INSERT INTO shipping_rates (id, market_id, name, prices, free_from, version)
SELECT 'shr_' || substr(id, 5, 25) || '1', id, 'Standard', '[{"amount":390,"currency":"GBP"}]', '[{"amount":4000,"currency":"GBP"}]', 1
FROM markets WHERE currencies = '["GBP"]';
INSERT INTO shipping_rates (id, market_id, name, prices, free_from, version)
SELECT 'shr_' || substr(id, 5, 25) || '2', id, 'Express', '[{"amount":990,"currency":"GBP"}]', '[]', 1
FROM markets WHERE currencies = '["GBP"]';

INSERT INTO shipping_rates (id, market_id, name, prices, free_from, version)
SELECT 'shr_' || substr(id, 5, 25) || '1', id, 'Standard', '[{"amount":590,"currency":"USD"}]', '[{"amount":5000,"currency":"USD"}]', 1
FROM markets WHERE currencies = '["USD"]';
INSERT INTO shipping_rates (id, market_id, name, prices, free_from, version)
SELECT 'shr_' || substr(id, 5, 25) || '2', id, 'Express', '[{"amount":1490,"currency":"USD"}]', '[]', 1
FROM markets WHERE currencies = '["USD"]';

INSERT INTO shipping_rates (id, market_id, name, prices, free_from, version)
SELECT 'shr_' || substr(id, 5, 25) || '1', id, 'International', '[{"amount":1490,"currency":"EUR"},{"amount":1690,"currency":"USD"}]', '[]', 1
FROM markets WHERE is_fallback = 1;
INSERT INTO shipping_rates (id, market_id, name, prices, free_from, version)
SELECT 'shr_' || substr(id, 5, 25) || '2', id, 'International express', '[{"amount":3490,"currency":"EUR"},{"amount":3990,"currency":"USD"}]', '[]', 1
FROM markets WHERE is_fallback = 1;
