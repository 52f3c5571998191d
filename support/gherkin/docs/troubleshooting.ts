/** The troubleshooting table as a page of Markdown. */

import { anyOf } from '../../../sp/finding-facts.ts';
import { rejections } from '../../../sp/rejection-advice.ts';
import {
  type CaseCode,
  type CaseStage,
  caseCodes,
  caseStages,
  cases,
  stageTitles,
} from '../../../sp/troubleshooting.ts';

/** All entries by stage, with a table of contents; ends with a line break. */
export function troubleshootingPage(): string {
  const staged = caseCodes.filter((code) => cases[code].staging.staged).length;
  return `# Troubleshooting

<!-- Made from sp/troubleshooting/*.ts by npm run docs; change it there. -->

${[
  'What goes wrong with single sign-on, in the order in which a rehearsal meets it:',
  `${caseCodes.length} cases, of which ${staged} can be staged (\`npm run case -- CODE\`).`,
].join(' ')}

${caseStages.map(contents).join('\n')}

${caseStages.map(chapter).join('\n\n')}
`;
}

const codesOf = (stage: CaseStage): CaseCode[] => caseCodes.filter((code) => cases[code].stage === stage);

const contents = (stage: CaseStage): string =>
  `- ${stageTitles[stage]}\n${codesOf(stage)
    .map((code) => `  - [${cases[code].title}](#${code})`)
    .join('\n')}`;

const chapter = (stage: CaseStage): string => `## ${stageTitles[stage]}\n\n${codesOf(stage).map(entry).join('\n\n')}`;

/** The anchor is the code, which stays when a title is worded better. */
function entry(code: CaseCode): string {
  const { title, symptom, cause, fixedBy, fix, rejections: leading, staging } = cases[code];
  const refusals = leading.map((rejection) => `\n  - \`${rejection}\`: ${asText(rejections[rejection].sentence)}`);
  const lines = [
    `- **What is seen:** ${symptom}`,
    `- **Why:** ${cause}`,
    `- **Who fixes it:** ${anyOf(fixedBy)}.`,
    `- **How:** ${fix}`,
    ...(refusals.length === 0 ? [] : [`- **Refusals that lead here:**${refusals.join('')}`]),
    `- **Staged:** ${staging.staged ? `yes, \`npm run case -- ${code}\`.` : `no. ${staging.reason}`}`,
  ];
  return `<a id="${code}"></a>

### ${title}

\`${code}\`

${lines.join('\n')}`;
}

/** Keeps names of elements from being taken for HTML. */
const asText = (sentence: string): string => sentence.replaceAll('<', '\\<');
