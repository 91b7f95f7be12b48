export const three = 3;
export type Four = 4;
export type Five = 5;
