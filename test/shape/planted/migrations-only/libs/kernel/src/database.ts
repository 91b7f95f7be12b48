export const options = { synchronize: true }; // planted: shape/migrations-only
export const lawful = { synchronize: false };
