export { type Admission, createAdmission, type Decision } from './admission.ts';
export { createCloudQuestion } from './cloud-question.ts';
export type { Evidence } from './known.ts';
export { createOfflineShare, type EarlierAdmission, type OfflineShare } from './offline-share.ts';
export { createPhoneSkew } from './phone-skew.ts';
export { createReservations } from './reservations.ts';
