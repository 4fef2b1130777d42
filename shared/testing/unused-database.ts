/** A D1 database for code that must not ask one: any question is an error. */
const unused = (): never => {
  throw new Error('a database was asked that must stay unused');
};

export const unusedDatabase: D1Database = {
  prepare: unused,
  batch: unused,
  exec: unused,
  withSession: unused,
  dump: unused,
};
