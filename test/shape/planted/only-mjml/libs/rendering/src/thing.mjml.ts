import mjml from 'mjml';

export const compile = mjml;
