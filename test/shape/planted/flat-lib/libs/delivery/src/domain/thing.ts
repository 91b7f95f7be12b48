export const one = 1; // planted: shape/flat-lib
