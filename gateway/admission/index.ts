export { type Admission, createAdmission } from './admission.ts';
export { createCapacity } from './capacity.ts';
export { createCloudQuestion } from './cloud-question.ts';
export type { Decision } from './decision.ts';
export {
  type AskedHome,
  type HomeAnswer,
  type Neighbours,
  NO_NEIGHBOURS,
  type VenueMark,
} from './home.ts';
export type { Evidence } from './known.ts';
export { createOfflineShare, type EarlierAdmission, type OfflineShare } from './offline-share.ts';
export type { AskedByPerson, LanePlace } from './on-word.ts';
export { createPhoneSkew } from './phone-skew.ts';
export { createReservations, type Reservations } from './reservations.ts';
