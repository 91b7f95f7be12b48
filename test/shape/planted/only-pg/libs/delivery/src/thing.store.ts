import pg from 'pg'; // planted: imports/only-pg

export const name = pg.Client.name;
