import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv, type ValidateFunction } from 'ajv';
import { type Output } from '../../demo/sf.ts';

const SCHEMAS = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'schemas');
const ajv = new Ajv({ allErrors: true, strict: false });
const checks = new Map<string, ValidateFunction>();

/**
 * Holds what a command of ours printed with `--json` against its schema in `schemas/`: all of stdout is one JSON text, and its result is
 * what the schema says. Every command that a NUT runs is so checked.
 * @throws Error that names the command and what does not fit
 */
export function checkJsonOutput(args: readonly string[], { stdout }: Output): void {
  if (args[0] !== 'bulkops' || !args.includes('--json') || args.includes('--help')) return;
  const name = schemaName(args);
  let answer: unknown;
  try {
    answer = JSON.parse(stdout);
  } catch {
    if (stdout === '') return; // it was killed
    throw new Error(`sf ${args.join(' ')} printed something else than JSON: ${stdout.slice(0, 500)}`);
  }
  if (typeof answer !== 'object' || answer === null || !('result' in answer)) return; // an error has none
  const check = checkOf(name);
  if (!check(answer.result))
    throw new Error(`the result of sf ${args.join(' ')} is not what ${name} says: ${ajv.errorsText(check.errors)}`);
}

/** Of the command that the arguments begin with. */
function schemaName(args: readonly string[]): string {
  for (let words = 3; words >= 2; words -= 1) {
    const name = `${args.slice(0, words).join('-')}.json`;
    if (existsSync(join(SCHEMAS, name))) return name;
  }
  throw new Error(`there is no schema of sf ${args.slice(0, 3).join(' ')}`);
}

function checkOf(name: string): ValidateFunction {
  const known = checks.get(name);
  if (known) return known;
  const check = ajv.compile(JSON.parse(readFileSync(join(SCHEMAS, name), 'utf8')) as object);
  checks.set(name, check);
  return check;
}
