import { foldLines } from 'nodemailer/lib/mime-funcs'; // planted: imports/only-mime-encoders

export const fold = foldLines;
