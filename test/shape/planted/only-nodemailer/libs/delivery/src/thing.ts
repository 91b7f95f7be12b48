import SMTPConnection from 'nodemailer/lib/smtp-connection'; // planted: imports/only-nodemailer

export const name = SMTPConnection.name;
