export { type Admission, createAdmission, type Decision } from './admission.ts';
export { createCloudQuestion } from './cloud-question.ts';
export { createReservations } from './reservations.ts';
