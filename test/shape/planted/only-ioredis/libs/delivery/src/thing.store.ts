import type { Redis } from 'ioredis'; // planted: imports/only-ioredis

export type Connection = Redis;
