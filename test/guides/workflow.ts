import { parse } from 'yaml';

type Step = {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly env?: Readonly<Record<string, unknown>>;
};
type Workflow = {
  readonly env?: Step['env'];
  readonly jobs?: Readonly<Record<string, { readonly env?: Step['env']; readonly steps: readonly Step[] }>>;
};

/**
 * A GitHub Actions workflow as one bash command that runs its `run:` steps the way a runner would and ends with the exit code of the step
 * that failed; undefined for YAML that is no workflow. Steps that use an action are the runner's affair and pass.
 * @param skips names of steps that a test can not do, such as installing from a registry
 * @throws Error for YAML that is broken, a skip of no step, and an expression that is not given
 */
export function workflowScript(
  yaml: string,
  skips: readonly string[],
  given: Readonly<Record<string, string>>
): string | undefined {
  const workflow = parse(yaml) as Workflow | null;
  if (!workflow?.jobs) return undefined;
  const lines = ['failed=0'];
  const left = new Set(skips);
  for (const job of Object.values(workflow.jobs))
    for (const step of job.steps) {
      if ((step.run === undefined) === (step.uses === undefined)) throw new Error('a step either runs or uses');
      if (step.run === undefined || (step.name && left.delete(step.name))) continue;
      const env = { ...workflow.env, ...job.env, ...step.env };
      const exports = Object.entries(env).map(
        ([name, value]) => `export ${name}=${quoted(evaluated(String(value), given))};`
      );
      const script = `( ${exports.join(' ')} bash -e -c ${quoted(evaluated(step.run, given))} ) || failed=$?`;
      lines.push(`if ${condition(step.if)}; then ${script}; fi`);
    }
  if (left.size > 0) throw new Error(`the workflow has no step ${[...left].join(', ')}`);
  return [...lines, '(exit $failed)'].join('\n');
}

function condition(expression = 'success()'): string {
  switch (expression.replace(/^\$\{\{\s*|\s*\}\}$/g, '')) {
    case 'success()':
      return '[ $failed = 0 ]';
    case 'failure()':
      return '[ $failed != 0 ]';
    case 'always()':
    case '!cancelled()':
      return 'true';
    default:
      throw new Error(`the test knows nothing of the condition ${expression}`);
  }
}

function evaluated(text: string, given: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{\{\s*(.+?)\s*\}\}/g, (_, expression: string) => {
    const value = given[expression];
    if (value === undefined) throw new Error(`the test has nothing to give for ${expression}`);
    return value;
  });
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
