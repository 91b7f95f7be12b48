import { one } from '../../worker/src/one.js'; // planted: imports/apps-apart house/front-door-name

export const two = one + one;
