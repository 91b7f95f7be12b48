export const passed = `select 1 from embargo e where e.lifts_at <= clock_timestamp()`; // planted: shape/one-gate
export const gone = `select 1 from embargo e where now() >= e.lifts_at`; // planted: shape/one-gate
export const soon = `select 1 from embargo e where e.lifts_at <= clock_timestamp() + interval '15 minutes'`;
