import { foldLines } from 'nodemailer/lib/mime-funcs';

export const fold = foldLines;
