export const one = 1; // planted: shape/known-lib
