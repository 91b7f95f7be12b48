export const lawful = process.env['HOME'];
