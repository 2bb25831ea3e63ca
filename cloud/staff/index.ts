export { type Audit, type Audited, createAudit } from './audit.ts';
export { staffErrors } from './errors.ts';
export { createStaffRoom, type StaffRoom } from './staff-room.ts';
export { loadTotpBox, TOTP_KEY_FILE } from './totp-box.ts';
