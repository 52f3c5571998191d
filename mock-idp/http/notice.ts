/** An error that handlers throw to show a page with an explanation. */
import { RequestRefused } from '../sign-in/incoming.ts';
import { type ProductPage, pageOf } from '../sign-in/rejection.ts';
import type { Tenant } from '../tenants/state.ts';
import type { NoticePage } from './pages.ts';

export type NoticeText = Omit<NoticePage, 'organization' | 'product'>;

export class Notice extends Error {
  readonly page: NoticeText;
  constructor(page: NoticeText) {
    super(page.title);
    this.page = page;
  }
}

export const signInOver = (): Notice =>
  new Notice({
    title: 'Sign-in expired',
    status: 410,
    sentences: ['This sign-in has expired or is already complete.', 'Start again from the app.'],
    code: 'sign-in-over',
  });

/** The page for an error; undefined for an internal error. */
export function noticeFor(error: unknown, tenant?: Tenant): NoticeText | undefined {
  if (error instanceof Notice) return error.page;
  if (error instanceof RequestRefused) {
    const page = tenant && pageOf(tenant, error.code);
    if (page) return productNotice(page, [error.message, 'Nothing was sent to the app. Contact your administrator.']);
    return {
      title: titles[error.code] ?? 'Request rejected',
      status: error.code === 'app-unknown' || error.code === 'acs-not-registered' ? 403 : 400,
      sentences: [error.message, 'Nothing was sent to the app. Contact your administrator.'],
      code: error.code,
    };
  }
  // Express and its body parser set a status below 500 on client errors.
  const status = error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 500;
  return status < 500 ? { title: 'Request rejected', status, sentences: ['The request is malformed.'] } : undefined;
}

/** The page of a product, with its heading and code, and our sentences where it has none here. */
export const productNotice = (
  { heading, code, status = 400, sentences: own }: ProductPage,
  sentences: readonly string[],
): NoticeText => ({ title: heading, status, sentences: own ?? sentences, code });

const titles: Partial<Record<RequestRefused['code'], string>> = {
  'app-unknown': 'Unknown app',
  'acs-not-registered': 'ACS URL not registered',
  'request-missing': 'SAML message missing',
};
