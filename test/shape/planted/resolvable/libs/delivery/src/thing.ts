import './nowhere.js'; // planted: imports/resolvable types/TS2882
