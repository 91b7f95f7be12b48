export const lawful = `select 1 from embargo e where e.lifts_at <= clock_timestamp()`;
