export const one = 1; // planted: shape/front-door
export * from './thing.js';
