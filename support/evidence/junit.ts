/** JUnit XML with the tags of each scenario as properties, so that test management tools find their keys. */
import { JUnitXmlPrinter } from '@cucumber/junit-xml-formatter';
import type { Pickle } from '@cucumber/messages';
import {
  type NamingStrategy,
  NamingStrategyExampleName,
  NamingStrategyFeatureName,
  NamingStrategyLength,
  namingStrategy,
} from '@cucumber/query';

/** The names that the printer gives by default. */
const names = namingStrategy(
  NamingStrategyLength.LONG,
  NamingStrategyFeatureName.EXCLUDE,
  NamingStrategyExampleName.NUMBER_AND_PICKLE_IF_PARAMETERIZED,
);

/** Writes the whole file at the end of the run. */
export function createJUnitPrinter(suiteName: string, write: (text: string) => void): Pick<JUnitXmlPrinter, 'update'> {
  const named: Pickle[] = [];
  // The printer names each scenario once, in the order of the file.
  const testNamingStrategy: NamingStrategy = {
    reduce(lineage, pickle) {
      named.push(pickle);
      return names.reduce(lineage, pickle);
    },
  };
  return new JUnitXmlPrinter({ suiteName, testNamingStrategy }, (xml) => write(withTags(xml, named)));
}

/** A scenario has a class name, a failed hook of the run has none. */
const scenario = /^( *)<testcase classname="[^"]*" name="[^"]*" time="[^"]*"(\/?)>$/;

function withTags(xml: string, pickles: readonly Pickle[]): string {
  let index = 0;
  const inMarkup = (markup: string): string =>
    markup
      .split('\n')
      .map((line) => {
        const found = scenario.exec(line);
        return found === null ? line : tagged(line, found, pickles[index++]?.tags ?? []);
      })
      .join('\n');
  // CDATA may contain anything.
  const parts = xml.split('<![CDATA[').map((part, position) => {
    const end = position === 0 ? 0 : part.indexOf(']]>') + 3;
    return part.slice(0, end) + inMarkup(part.slice(end));
  });
  return parts.join('<![CDATA[');
}

function tagged(line: string, [, indent = '', end]: RegExpExecArray, tags: Pickle['tags']): string {
  if (tags.length === 0) return line;
  const lines = [
    `${indent}  <properties>`,
    ...tags.map(({ name }) => `${indent}    <property name="tag" value="${escaped(name)}"/>`),
    `${indent}  </properties>`,
    ...(end === '/' ? [`${indent}</testcase>`] : []),
  ];
  return [line.replace(/\/>$/, '>'), ...lines].join('\n');
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => escapes[character]!);
