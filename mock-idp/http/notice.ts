/** A page that is shown instead of the one that was asked for, as an error that handlers throw. */
import { RequestRefused } from '../sign-in/incoming.ts';
import type { NoticePage } from './pages.ts';

export type NoticeText = Omit<NoticePage, 'organization'>;

export class Notice extends Error {
  readonly page: NoticeText;
  constructor(page: NoticeText) {
    super(page.title);
    this.page = page;
  }
}

export const signInOver = (): Notice =>
  new Notice({
    title: 'Sign-in over',
    status: 410,
    sentences: ['This sign-in has been answered already, or it took too long.', 'Please begin again at the app.'],
    code: 'sign-in-over',
  });

/** The page for an error, or undefined when the identity provider itself is at fault. */
export function noticeFor(error: unknown): NoticeText | undefined {
  if (error instanceof Notice) return error.page;
  if (error instanceof RequestRefused) {
    return {
      title: titles[error.code] ?? 'Request refused',
      status: error.code === 'app-unknown' || error.code === 'acs-not-registered' ? 403 : 400,
      sentences: [error.message, 'Nothing was sent to the app. Please tell your administrator.'],
      code: error.code,
    };
  }
  // Express and its body parser give a status below 500 to errors that the visitor made.
  const status = error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 500;
  return status < 500 ? { title: 'Request refused', status, sentences: ['The request cannot be read.'] } : undefined;
}

const titles: Partial<Record<RequestRefused['code'], string>> = {
  'app-unknown': 'Unknown app',
  'acs-not-registered': 'Address not registered',
  'request-missing': 'Nothing to do',
};
