import mjml from 'mjml'; // planted: imports/only-mjml

export const compile = mjml;
