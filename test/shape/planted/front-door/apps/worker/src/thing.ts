import { one } from '../../../libs/audit/src/one.js'; // planted: imports/front-door-from-app house/front-door-name

export const two = one + one;
