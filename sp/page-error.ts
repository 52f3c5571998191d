/** Why a page cannot be shown: a stable code with its status and title, and the sentence for the visitor. */

const kinds = {
  'page-not-found': { status: 404, title: 'Page not found' },
  'case-not-found': { status: 404, title: 'No such entry' },
  'organization-not-found': { status: 404, title: 'No such service provider' },
  'profile-not-found': { status: 404, title: 'No such profile' },
  'administrators-only': { status: 403, title: 'Administrators only' },
  'upload-unreadable': { status: 400, title: 'This upload cannot be read' },
  'no-test-under-way': { status: 404, title: 'No test is under way' },
  'tester-enrolled-elsewhere': { status: 409, title: 'You cannot take this test any more' },
  'logout-rejected': { status: 403, title: 'Nobody was signed out' },
  'form-cross-site': { status: 403, title: 'This form came from elsewhere' },
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
