-- How often an order was asked for by an e-mail address, in windows of ten minutes. Addresses are hashed; a window that is over leaves
-- with the next question.
create table order_lookups (
  window_start integer not null,
  email_hash text not null,
  asked integer not null,
  primary key (window_start, email_hash)
) without rowid;
