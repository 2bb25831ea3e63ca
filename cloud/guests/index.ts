export {
  type Account,
  accountErrors,
  createGuests,
  type Guests,
  guestOfficeRoutes,
  type LoggedIn,
  type PhoneChange,
} from './accounts/index.ts';
export { phoneCodeRoutes } from './phone-code-routes.ts';
export { CODE_LANGUAGES, type CodeLanguage } from './phone-code-text.ts';
export {
  type CodePurpose,
  type CodeRequest,
  type CodeSent,
  createPhoneCodes,
  type PhoneCodes,
} from './phone-codes.ts';
export { phoneError, phoneErrors } from './phone-errors.ts';
export { loadPhoneKey } from './phone-key.ts';
export { maskPhone, type ParsedPhone, type PhoneCountry, parsePhone } from './phone-number.ts';
export { createSms, reportRoutes, type Sms, smsErrors, smsRoutes } from './sms/index.ts';
