/**
 * What the text of a file may and may not say: a header that states what it owns, no ambient clock or randomness in rules,
 * no floats near money. Each rule carries a violation that it must catch.
 */
import { isTest, type SourceFile } from './sources.ts';

export interface SourceRule {
  readonly name: string;
  /** The files that the rule is about; tests are left out unless `alsoTests`. */
  readonly files: RegExp;
  readonly alsoTests?: true;
  /** What the text must not contain, comments aside. */
  readonly refuses?: RegExp;
  /** What the text must match. */
  readonly requires?: RegExp;
  readonly planted: SourceFile;
}

/** The rules of the business and the values that they are made of. They take the time and new ids as arguments. */
const pure = /^(?:workers\/[^/]+\/(?:domain\.ts|domain\/.+)|shared\/(?:values|holds)\/.+)$/;

export const sourceRules: readonly SourceRule[] = [
  {
    name: 'every file begins with a comment that says what it owns',
    files: /./,
    alsoTests: true,
    requires: /^\/\*\*\s*\S/,
    planted: { file: 'shared/values/money.ts', text: "import * as z from 'zod';\n/** Late. */" },
  },
  {
    name: 'rules read no clock',
    files: pure,
    refuses: /\bDate\.now\b|\bnew Date\(\s*\)|\bDate\(\s*\)|\bperformance\.|\bTemporal\.Now\b/,
    planted: { file: 'workers/cart/domain.ts', text: '/** Rules. */\nexport const expiresAt = () => Date.now() + 1;' },
  },
  {
    name: 'rules make no random numbers or ids',
    files: pure,
    refuses: /\bMath\.random\b|\bcrypto\.|\brandomUUID\b/,
    planted: { file: 'shared/holds/holds.ts', text: '/** Holds. */\nexport const id = () => crypto.randomUUID();' },
  },
  {
    name: 'rules never await',
    files: pure,
    refuses: /\bawait\b|\basync\b/,
    planted: {
      file: 'workers/orders/domain/checkout/plan.ts',
      text: '/** The plan. */\nexport const plan = async () => 1;',
    },
  },
  {
    name: 'no float arithmetic near money',
    files: pure,
    refuses: /\bparseFloat\b|\.toFixed\(|\.toPrecision\(/,
    planted: {
      file: 'shared/values/money.ts',
      text: '/** Money. */\nexport const show = (minor: number) => (minor / 100).toFixed(2);',
    },
  },
  {
    name: 'a refusal that nothing is there says what is not',
    files: /^(?:workers|shared|durable-objects)\//,
    refuses: /\{ code: 'not-found'(?: \}|, requestId)/,
    planted: {
      file: 'workers/cart/routes.ts',
      text: "/** Carts. */\nexport const none = () => refuse({ code: 'not-found' });",
    },
  },
];

/** Every rule that a file breaks, one sentence each. */
export function brokenSourceRules(
  sources: readonly SourceFile[],
  rules: readonly SourceRule[] = sourceRules,
): readonly string[] {
  return sources.flatMap(({ file, text }) => {
    const code = withoutComments(text);
    return rules
      .filter(({ files, alsoTests }) => files.test(file) && (alsoTests === true || !isTest(file)))
      .filter(({ refuses, requires }) => refuses?.test(code) === true || requires?.test(text) === false)
      .map(({ name }) => `${file}: ${name}`);
  });
}

/** A comment may speak of clocks and floats. Good enough for this project's code, where no string holds a comment sign. */
function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '$1');
}
