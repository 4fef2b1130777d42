/**
 * `npm run setup`: asks a merchant what a shop needs before it sells, shows what it will write, and writes it through the admin
 * API. Safe to break off and to repeat: what the shop has is what the next run offers, and what is so already is not written.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { FieldFault } from '../shared/http/problem.ts';
import { answerHelp, readFlagsAndSwitches, SettingError, sayFailure, UsageError } from './lib/arguments.ts';
import { ShopError, shopClient } from './lib/shop-client.ts';
import { readTarget, targetFlags, targetUsage } from './lib/shop-target.ts';
import { type Answers, readAnswers } from './setup/answers.ts';
import { applyPlan } from './setup/apply.ts';
import { type Plan, planOf } from './setup/plan.ts';
import { askAll } from './setup/questions.ts';
import { readYesNo } from './setup/reading.ts';
import { answersOf, readState, type ShopState } from './setup/state.ts';
import { openTerminal, type Terminal, Unanswered } from './setup/terminal.ts';

const usage = `Usage: npm run setup -- --url URL | --state FOLDER [--key-file FILE] [--answers FILE] [--dry-run]
                        [--print-answers]

Asks for the name of the shop, its home market, currency, taxes, shipping, ways to pay and mail, and writes them.

${targetUsage}
  --answers        takes the answers from a JSON file instead of asking; "-" reads them from standard input
  --dry-run        shows what would be written, and writes nothing
  --print-answers  writes what the shop has now as such a file, and ends

Ends with 0 when the shop is as the answers say, 1 when it is not, 2 when the command cannot be understood.`;

const exitCodes = { done: 0, failed: 1, misused: 2 } as const;

async function main(given: readonly string[]): Promise<void> {
  const { flags, isOn } = readFlagsAndSwitches([...targetFlags, 'answers'], ['dry-run', 'print-answers'], given);
  const target = readTarget(flags, process.env);
  const isAsking = flags.answers === undefined && !isOn('print-answers');
  if (isAsking && !(process.stdin.isTTY && process.stdout.isTTY))
    throw new UsageError('There is no terminal to ask in. Give the answers with --answers FILE.');
  const client = shopClient(target);
  const answers = flags.answers === undefined ? null : answersIn(flags.answers);
  const state = await readState(client);
  if (isOn('print-answers')) return console.log(JSON.stringify(answersOf(state), null, 2));
  if (answers !== null) return write(answers, state, null);

  const terminal = openTerminal(process.stdin, process.stdout);
  try {
    await write(await askAll(terminal, state), state, terminal);
  } finally {
    terminal.close();
  }

  async function write(wanted: Answers, present: ShopState, terminal: Terminal | null): Promise<void> {
    const plan = planOf(present, wanted);
    if (plan.faults.length > 0)
      throw new ShopError(faultLines('These answers cannot be had in this shop:', plan.faults));
    for (const line of linesOf(plan)) console.log(line);
    if (plan.writes.length === 0 || isOn('dry-run')) return;
    if (terminal !== null && !(await terminal.ask('\nWrite this?', 'yes', readYesNo))) throw new Unanswered();
    // From here on Ctrl-C ends the command: what is written is written, and the next run goes on from there.
    terminal?.close();
    await applyPlan(client, wanted, { state: present, plan }, (line) => console.log(line));
    console.log('The shop is set up. "npm run doctor" says what is missing before it opens.');
  }
}

function answersIn(file: string): Answers {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch {
    throw new UsageError(`--answers names ${path.resolve(file)}, which cannot be read.`);
  }
  const read = readAnswers(text);
  if ('answers' in read) return read.answers;
  throw new SettingError(faultLines(`${file} cannot be used:`, read.faults));
}

function faultLines(title: string, faults: readonly FieldFault[]): string {
  return [title, ...faults.map(({ pointer, detail }) => `  ${pointer === '' ? 'the file' : pointer}: ${detail}`)].join(
    '\n',
  );
}

function linesOf({ writes }: Plan): string[] {
  if (writes.length === 0) return ['The shop is as the answers say: there is nothing to write.'];
  const shown = writes.flatMap(({ what, changes }) => [`- ${what}`, ...changes.map((change) => `    ${change}`)]);
  return ['To be written:', ...shown];
}

answerHelp(process.argv.slice(2), usage);
try {
  await main(process.argv.slice(2));
  process.exitCode = exitCodes.done;
} catch (error) {
  process.exitCode = error instanceof UsageError ? exitCodes.misused : exitCodes.failed;
  if (error instanceof Unanswered) console.error('\nNothing was written.');
  else if (error instanceof ShopError) console.error(error.message);
  else sayFailure(error, usage);
}
