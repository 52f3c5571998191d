/** An error of a control route: a stable code with its status, and a sentence. */

const statuses = {
  'route-not-found': 404,
  'organization-not-found': 404,
  'user-not-found': 404,
  'profile-not-found': 404,
  'organization-exists': 409,
  'domain-taken': 409,
  'user-exists': 409,
  'profile-exists': 409,
  'too-many-users': 409,
  'last-recovery-administrator': 409,
  'outside-domains': 400,
} as const satisfies Record<string, number>;

export type ControlErrorCode = keyof typeof statuses;

export class ControlError extends Error {
  readonly code: ControlErrorCode;
  readonly status: number;
  constructor(code: ControlErrorCode, message: string) {
    super(message);
    this.code = code;
    this.status = statuses[code];
  }
}
