-- Lists of payments by status, newest keys first, and the run of the reconciliation that is under way.
create index payments_by_status on payments (status, payment_key);
create index reconciliation_runs_by_end on reconciliation_runs (finished_at, started_at);
