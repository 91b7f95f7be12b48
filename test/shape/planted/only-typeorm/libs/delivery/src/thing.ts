import type { EntityManager } from 'typeorm'; // planted: imports/only-typeorm

export type Manager = EntityManager;
