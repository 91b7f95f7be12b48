import { Queue } from 'bullmq';

export const name = Queue.name;
