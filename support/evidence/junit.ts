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

/** A scenario has a class name, a failed hook of the run has none. CDATA is skipped, as it may contain anything. */
const scenarioOrData = /<!\[CDATA\[[\s\S]*?\]\]>|( *)<testcase classname="[^"]*" name="[^"]*" time="[^"]*"(\/?)>/g;

function withTags(xml: string, pickles: readonly Pickle[]): string {
  let index = 0;
  return xml.replace(scenarioOrData, (found: string, indent?: string, end?: string) => {
    if (indent === undefined) return found;
    const tags = pickles[index++]?.tags ?? [];
    if (tags.length === 0) return found;
    const lines = [
      `${indent}  <properties>`,
      ...tags.map(({ name }) => `${indent}    <property name="tag" value="${escaped(name)}"/>`),
      `${indent}  </properties>`,
      ...(end === '/' ? [`${indent}</testcase>`] : []),
    ];
    return [found.replace(/\/>$/, '>'), ...lines].join('\n');
  });
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => escapes[character]!);
