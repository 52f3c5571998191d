/** Finds errors that an identity provider reported on its own page: in a captured page, or in a pasted text. */
import { type KnownError, knownErrorsIn } from '../../../sp/products/error-codes.ts';
import { fixesFor } from '../../../sp/products/fixes.ts';
import { products } from '../../../sp/products/product.ts';
import { cases } from '../../../sp/troubleshooting.ts';
import type { ReportedError } from '../diagnosis.ts';

const asReported = ({ code, product, cause, case: entry, fix, source: { where, year } }: KnownError): ReportedError => {
  const [inProduct] = entry === undefined ? [] : fixesFor(entry, { candidates: [product] });
  const best = fix !== undefined ? { fix, source: { where, year } } : inProduct;
  return {
    code,
    product,
    name: products[product],
    cause,
    case: entry ?? null,
    fix: best?.fix ?? (entry === undefined ? '' : cases[entry].fix),
    source: where,
    year,
  };
};

export const reportedErrorsIn = (text: string): ReportedError[] => knownErrorsIn(text).map(asReported);

/** Quick to look for, since most files have none of them. */
const hints = ['AADSTS', 'sErrorCode', 'MSIS', 'app_not_', 'App Not Assigned', 'ogin requester', 'error='];

/** In the file as it is, and in the web pages that a HAR export holds as base64. */
export function reportedErrorsInFile(octets: Buffer): ReportedError[] {
  const pages = pagesIn(octets);
  if (pages.length === 0 && !hints.some((hint) => octets.includes(hint))) return [];
  const text = [octets.toString('utf8'), ...pages].join('\n');
  // Entra's page names the number of its error in the page's configuration.
  const numbered = [...text.matchAll(/sErrorCode\\?":\\?"(\d{4,7})\b/g)].map(([, number]) => `AADSTS${number}`);
  return reportedErrorsIn([text, ...numbered].join('\n'));
}

const most = { pages: 50, length: 2_000_000 };

function pagesIn(octets: Buffer): string[] {
  // The base64 of <!DOCTYPE, <!doctype and <html.
  if (!['PCFET0NUWVBF', 'PCFkb2N0eXBl', 'PGh0bWw'].some((start) => octets.includes(start))) return [];
  const text = octets.toString('latin1');
  return [...text.matchAll(/"(PCFET0NUWVBF|PCFkb2N0eXBl|PGh0bWw)/g)].slice(0, most.pages).map(({ index }) => {
    const end = text.indexOf('"', index + 1);
    return Buffer.from(text.slice(index + 1, Math.min(end, index + most.length)), 'base64').toString('utf8');
  });
}
