import { __assign } from 'tslib'; // planted: imports/declared

export const assign = __assign;
