/** A rejected request. In a file of its own, so that the types of the package need no DOM. */
export type RequestFault =
  | 'request-missing'
  | 'request-malformed'
  | 'app-unknown'
  | 'acs-not-registered'
  | 'request-destination-wrong'
  | 'request-unsigned'
  | 'request-signature-bad'
  | 'request-expired'
  | 'request-id-reused';

const longestSentence = 800;

/** A rejected message: `code` for programs, the message for people. */
export class RequestRefused extends Error {
  readonly code: RequestFault;
  constructor(code: RequestFault, sentence: string) {
    // The sentence quotes the request, and is shown on a page and in the log.
    super(sentence.length > longestSentence ? `${sentence.slice(0, longestSentence)}…` : sentence);
    this.name = 'RequestRefused';
    this.code = code;
  }
}
