import { Queue } from 'bullmq'; // planted: imports/only-bullmq

export const name = Queue.name;
