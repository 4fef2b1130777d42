-- Messages to shoppers that are to be sent. They hold what only their reader may know, so they leave when they are of no use any more.
create table messages (
  position integer primary key autoincrement,
  id text not null unique,
  recipient text not null,
  template text not null,
  subject text not null,
  text text not null,
  html text not null,
  created_at integer not null,
  expires_at integer not null
);
create index messages_by_expiry on messages (expires_at);
