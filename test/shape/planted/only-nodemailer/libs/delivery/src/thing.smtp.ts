import SMTPConnection from 'nodemailer/lib/smtp-connection';

export const name = SMTPConnection.name;
