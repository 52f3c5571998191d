/** An error shown as a page: a stable code with its status and title, and a sentence for the user. */

const kinds = {
  'page-not-found': { status: 404, title: 'Page not found' },
  'case-not-found': { status: 404, title: 'Entry not found' },
  'organization-not-found': { status: 404, title: 'Organization not found' },
  'profile-not-found': { status: 404, title: 'Profile not found' },
  'administrators-only': { status: 403, title: 'Administrators only' },
  'upload-unreadable': { status: 400, title: 'The upload cannot be read' },
  'no-test-under-way': { status: 404, title: 'No test in progress' },
  'tester-enrolled-elsewhere': { status: 409, title: 'You can no longer take this test' },
  'logout-rejected': { status: 403, title: 'You were not signed out' },
  'form-cross-site': { status: 403, title: 'Form from another site' },
} as const satisfies Record<string, { status: number; title: string }>;

export type PageErrorCode = keyof typeof kinds;

export class PageError extends Error {
  readonly code: PageErrorCode;
  readonly status: number;
  readonly title: string;
  constructor(code: PageErrorCode, message: string) {
    super(message);
    this.code = code;
    this.status = kinds[code].status;
    this.title = kinds[code].title;
  }
}
