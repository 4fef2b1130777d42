-- Draft orders, as they were when a merchant last looked at them: the truth is the cart.
create table drafts (
  document integer primary key,
  -- The id of the cart.
  id text not null unique,
  email text,
  email_key text,
  customer_id text,
  name text,
  country text not null,
  currency text not null,
  total_minor integer not null,
  quantity integer not null,
  -- The order that it became; null while it is open.
  order_id text,
  created_by text not null,
  created_at integer not null,
  updated_at integer not null
);
create index drafts_by_creation on drafts (created_at desc, id desc);
create index drafts_open on drafts (created_at desc, id desc) where order_id is null;
create index drafts_completed on drafts (created_at desc, id desc) where order_id is not null;
create index drafts_email on drafts (email_key, created_at desc, id desc);
create virtual table draft_words using fts5(
  words, prefix = '1 2 3', tokenize = "unicode61 remove_diacritics 0 categories 'L* N* M* Co'"
);
