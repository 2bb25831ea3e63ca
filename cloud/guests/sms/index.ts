export { ALARMS, type Alarm, type AlarmCode, type Alarms } from './alarms.ts';
export { smsErrors } from './errors.ts';
export { isRefused, type SendResult } from './provider.ts';
export { reportRoutes } from './report-routes.ts';
export { smsRoutes } from './routes.ts';
export { createSettingsStore } from './settings-store.ts';
export { createSms, type Sms, type SmsStatus } from './sms.ts';
export { measureText, toGsm7 } from './text.ts';
