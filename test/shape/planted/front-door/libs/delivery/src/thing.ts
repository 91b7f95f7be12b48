import { one } from '../../audit/src/one.js'; // planted: imports/front-door-of-lib house/front-door-name

export const two = one + one;
