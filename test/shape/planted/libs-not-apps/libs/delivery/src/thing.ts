import { one } from '../../../apps/worker/src/one.js'; // planted: imports/libs-not-apps house/front-door-name

export const two = one + one;
