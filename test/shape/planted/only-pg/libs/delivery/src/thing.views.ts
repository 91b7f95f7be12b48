import QueryStream from 'pg-query-stream';

export const name = QueryStream.name;
