// TODO: later, planted: shape/leftover
export const one = 1;
