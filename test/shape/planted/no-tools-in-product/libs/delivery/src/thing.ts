import fc from 'fast-check'; // planted: imports/no-tools-in-product

export const any = fc.integer;
