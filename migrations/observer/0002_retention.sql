-- Letters that were sent again are dropped some time later: this finds the oldest of them.
create index dead_letters_by_replay on dead_letters (status, replayed_at);
