/** The words that this project avoids, each with what to write instead: the right-hand column of the glossary. */
import { rejections } from '../../sp/rejection-advice.ts';
import { caseCodes } from '../../sp/troubleshooting.ts';

export interface AvoidedPhrase {
  /** With the g flag. */
  phrase: RegExp;
  say: string;
  /** Where the word is SAML's, HTTP's or plain use: a wider match that holds the phrase. With the g flag. */
  except?: RegExp;
}

export const avoided: readonly AvoidedPhrase[] = [
  {
    phrase:
      /\b(?:the|an?|this|that|its|each|any|no|good|bad|forged|same|newest|last|first|old|honest|\w+’s) answers?\b/gi,
    say: 'response (or reply, of a server)',
  },
  {
    phrase: /\brefus(?:e|es|ed|al|als|ing)\b/gi,
    say: 'rejects, rejected, rejection',
    except: /\b(?:connections?|ECONN\w*|mail server|SMTP)\b[\w ]{0,30}?\brefus\w+|\brefus\w+ (?:the )?connections?/gi,
  },
  { phrase: /\b(?:stood|stands? (?:at|beside|under|there|outside|still))\b/gi, say: 'is on, is in, comes from' },
  {
    phrase: /\bg(?:ive|ives|ave|iven|iving) (?:[\w’']+ ){0,2}(?:address|e-?mail)\b/gi,
    say: 'enters Sam’s email',
    except: /\bGiven (?:[\w’']+ ){0,2}(?:address|e-?mail)\b/g,
  },
  { phrase: /\b(?:dis|un)?pro(?:ve|ves|ved|ven|of|ofs|ving)\b/gi, say: 'the test passes; the revision is verified' },
  {
    phrase: /\breads? (?:that|of)\b|\btold\b|\b(?:is|are|be|was|were) (?:not )?said\b/gi,
    say: 'sees, is shown',
    except: /\btold (?:apart|from)\b/gi,
  },
  {
    phrase: /\b(?:some|no|any|every)body(?:’s|'s)?\b|\bwho(?:m|so)?ever(?:’s|'s)?\b|\bwhatever\b/gi,
    say: 'name them: administrator, tester, user, nobody else',
    except: /\bnobody else\b/gi,
  },
  {
    phrase: /\b(?:is|are|was|were) no (?!longer\b|more\b|way\b|one\b)[a-z]/gi,
    say: 'wrong, missing, malformed, unknown: is not a …',
    except: /\b(?:there|here) (?:is|are|was|were) no [a-z]/gi,
  },
  { phrase: /\b(?:that|which) (?:is|are) none\b/gi, say: 'malformed, missing' },
  { phrase: /\bbent\b|\bin vain\b|\banew\b|\bunheard\b|\bword of\b|\bat hand\b/gi, say: 'the field’s own word' },
  { phrase: /\bstrange hands\b/gi, say: 'in the wrong hands' },
  { phrase: /\bt(?:ells?|old) the truth\b/gi, say: 'behaves correctly' },
  { phrase: /\bcrossings?\b|\bwhat came\b/gi, say: 'sequence diagram, timeline, network log' },
  { phrase: /\bIt is .{1,60} and should be\b/g, say: 'Expected …, received …' },
  // E-Mail Address is the name of a claim in AD FS.
  { phrase: /\be-mails?\b/gi, say: 'email', except: /\bE-Mail Address\b/g },
  {
    phrase: /\b(?:a|an|the|this|that|every|each|test|two|newest|first) mails?\b|\bmails\b/gi,
    say: 'email',
    except:
      /\b(?:an?|the|this|that|every|each|two) mail (?:server|program|scanner|domain|client|gateway|system|host)s?\b/gi,
  },
  { phrase: /\blift(?:s|ed|ing)? (?:single sign-on|SSO|enforcement|it)\b/gi, say: 'turns off SSO enforcement' },
  { phrase: /\bwish(?:es)?\b/gi, say: 'request, option' },
  {
    phrase: /\bheld against\b|\bcom(?:es?|ing) to rest\b|\bput(?:s)? on stage\b/gi,
    say: 'judged by, has loaded, staged',
  },
  { phrase: /\b(?:whence|lest|hitherto|thereupon|wherein|thereof|naught|nought)\b/gi, say: 'plain words' },
  { phrase: /\bcall(?:s|ing)? (?:itself|themselves)\b/gi, say: 'is labelled' },
];

/** Comments that begin without a subject. */
export const headlessComment = {
  phrase: /^\*?\s*(?:What|Who|Whom|Whose|Whether|Which)\b.*/,
  say: 'begin with a noun or a verb: “Settings to …”, “True if …”',
};

export interface AvoidedName {
  /** In lower case. */
  word: string;
  say: string;
  /** Only if it is the whole name. */
  alone?: boolean;
}

export const avoidedInNames: readonly AvoidedName[] = [
  ...['answer', 'answers', 'answered'].map((word) => ({ word, say: 'response, reply' })),
  ...['refuse', 'refuses', 'refused', 'refusal', 'refusals', 'refusing'].map((word) => ({ word, say: 'rejection' })),
  ...['prove', 'proves', 'proven', 'proof', 'unproven', 'proving'].map((word) => ({ word, say: 'verified, passed' })),
  ...['said', 'told', 'held', 'wish', 'wishes', 'bent', 'anew', 'whoever', 'somebody', 'nobody', 'anybody'].map(
    (word) => ({ word, say: 'the thing, not the mood' }),
  ),
  ...['news', 'moves', 'called', 'way', 'beyond', 'without', 'trouble', 'seen'].map((word) => ({
    word,
    say: 'the thing, not the mood',
    alone: true,
  })),
];

/** Names in formats and interfaces that are promised, so they stay. */
export const stableNames: readonly string[] = [
  // exports of mock-idp/start.ts
  ...['Answer', 'lastAnswer', 'Refused', 'RequestRefused', 'SaidPhrase'],
  ...['AppWish', 'FaultWish', 'TenantWish', 'UserWish'],
  // fields and routes of the control interfaces, and columns of the database
  ...['answeredAt', 'answered_at', 'enforcedProven', 'enforceUnproven', 'held', 'proven'],
  // the feature “held response” of the mock IdP
  ...['held-response', 'HeldResponse', 'NoHeldResponse', 'releaseHeldResponse', 'sendHeldResponse', 'showHeldResponse'],
  // results of the benchmark, and a row of a conformance report
  ...['inAnswersPerSecond', 'answer'],
  // an error of Chromium
  'ERR_CONNECTION_REFUSED',
  'NS_ERROR_CONNECTION_REFUSED',
];

/** Codes that are promised, so they stay. A code is not prose: it is hyphenated, quoted or the key of an object. */
export const stableCodes: ReadonlySet<string> = new Set([
  ...Object.keys(rejections),
  ...caseCodes,
  // actions of the audit log, and their kind
  ...['enforced-unproven', 'enforcement-refused', 'logout-refused', 'mark-refused', 'password-refused'],
  ...['refusal', 'sign-in-refused', 'test-refused'],
  // a reason to reject a logout message
  'algorithm-refused',
  // what stands in the way of enforcement, and the control route without a test
  ...['enforce-unproven', 'nobody-covered', 'not-proven'],
  // states of a test, and log entries of the mock IdP
  ...['refused', 'request-refused'],
]);
