-- What the settings were before each write, so that a cart can be priced as its shopper saw it.
alter table settings_versions add column settings text;
