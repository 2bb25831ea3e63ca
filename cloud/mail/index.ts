export type { AttachmentMaker } from './delivery.ts';
export { mailErrors } from './errors.ts';
export { createMail, type Mail, type OrderData } from './mail.ts';
export { mailRoutes } from './mail-routes.ts';
export type { AttachmentReference, Message } from './message.ts';
export { MailAddress } from './settings.ts';
export { templateRoutes } from './template-routes.ts';
export type {
  Language,
  ReserveerinfoInput,
  TemplateInput,
  TemplateName,
} from './templates/data.ts';
export { LANGUAGES as MAIL_LANGUAGES } from './templates/data.ts';
export type { TextName } from './texts/shipped-texts.ts';
export type { Attachment } from './transport.ts';
