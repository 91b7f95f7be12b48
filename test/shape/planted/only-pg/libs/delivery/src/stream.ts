import QueryStream from 'pg-query-stream'; // planted: imports/only-pg

export const name = QueryStream.name;
