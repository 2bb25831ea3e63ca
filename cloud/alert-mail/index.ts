export { type AlertMail, createAlertMail } from './alert-mail.ts';
export { alertMailRoutes } from './routes.ts';
