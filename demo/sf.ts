import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const RUN = join(ROOT, 'node_modules', '@salesforce', 'cli', 'bin', 'run.js');

export type Output = { readonly code: number; readonly stdout: string; readonly stderr: string };

type Started = { readonly url: string; readonly alias: string; readonly username: string };
export type RunningEmulator = Started & { readonly pid: number | undefined; close(): Promise<void> };

/**
 * The real `sf` with this plugin linked, in a home of its own that is removed at the end. Nothing of the user's is read or changed.
 */
export class IsolatedSf {
  /** The folder that serves as home and working directory. */
  public readonly home: string;
  /** Sees what each command printed, before whoever ran it. */
  public onOutput: (args: readonly string[], output: Output) => void = () => undefined;
  private readonly env: NodeJS.ProcessEnv;
  /** What `sf plugins link` wrote for the first one of this process: the others get it at once. */
  private static linked: Promise<string> | undefined;

  /**
   * @param env what its commands find in the environment beside the isolation
   * @param home of another one, to share its orgs
   */
  public static async create(env: NodeJS.ProcessEnv = {}, home?: string): Promise<IsolatedSf> {
    if (home !== undefined) return new IsolatedSf(home, env);
    const sf = new IsolatedSf(await realpath(await mkdtemp(join(tmpdir(), 'bulkops-'))), env);
    if (IsolatedSf.linked) {
      const link = await IsolatedSf.linked;
      await mkdir(dirname(sf.linkFile), { recursive: true });
      await writeFile(sf.linkFile, link);
    } else await (IsolatedSf.linked = sf.link());
    return sf;
  }

  private constructor(home: string, env: NodeJS.ProcessEnv) {
    this.home = home;
    const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'];
    const inherited = Object.entries(process.env).filter(
      ([name]) => !proxies.includes(name) && !/^(SF|SFDX)_/.test(name)
    );
    this.env = {
      ...Object.fromEntries(inherited),
      HOME: home,
      USERPROFILE: home,
      // Where sf keeps its plugins is named by other variables on each platform.
      SF_DATA_DIR: join(home, 'sf-data'),
      SF_CACHE_DIR: join(home, 'sf-cache'),
      SF_CONFIG_DIR: join(home, 'sf-config'),
      SF_DISABLE_TELEMETRY: 'true',
      SF_AUTOUPDATE_DISABLE: 'true',
      SF_DISABLE_AUTOUPDATE: 'true', // the name that oclif's own updater goes by
      SF_SKIP_NEW_VERSION_CHECK: 'true',
      SF_USE_GENERIC_UNIX_KEYCHAIN: 'true',
      ...env
    };
  }

  /** Starts a command; the caller waits for it. */
  public start(args: readonly string[], options: SpawnOptions = {}): ChildProcess {
    return spawn(process.execPath, ['--no-deprecation', RUN, ...args], { env: this.env, cwd: this.home, ...options });
  }

  /** Starts a bash script in which `sf` is this one; `endAll` ends it and whatever it has left running. */
  public startShell(
    script: string,
    { cwd, env }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv }
  ): { readonly process: ChildProcess; endAll(): void } {
    const path = [join(ROOT, 'node_modules', '.bin'), this.env.PATH].join(delimiter);
    const child = spawn('bash', [script], {
      cwd,
      env: { ...this.env, ...env, PATH: path },
      stdio: 'ignore',
      detached: true
    });
    const endAll = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // nothing of it runs any more
      }
    };
    return { process: child, endAll };
  }

  /** Runs a command on the terminal; its exit code. */
  public async run(...args: readonly string[]): Promise<number> {
    const child = this.start(args, { stdio: 'inherit' });
    return codeOf(child);
  }

  /** What a command that must succeed writes to stdout. */
  public async text(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.output(...args);
    if (code !== 0) throw new Error(`sf ${args.join(' ')} ended with ${code}:\n${stdout}\n${stderr}`);
    return stdout;
  }

  public async output(...args: readonly string[]): Promise<Output> {
    const child = this.start(args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const output = { code: await codeOf(child), stdout, stderr };
    this.onOutput(args, output);
    return output;
  }

  /** Starts the emulator through `sf`, as a user would; `close` stops it. */
  public async startEmulator(...args: readonly string[]): Promise<RunningEmulator> {
    const child = this.start(['bulkops', 'emulator', 'start', '--json', ...args], {
      stdio: ['ignore', 'pipe', 'inherit']
    });
    const started = await new Promise<Started>((resolve, reject) => {
      let text = '';
      child.once('error', reject);
      child.once('close', (code) => reject(new Error(`the emulator ended with ${code}: ${text}`)));
      child.stdout?.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
        try {
          resolve((JSON.parse(text) as { result: Started }).result);
        } catch {
          // more of the answer is to come
        }
      });
    });
    const ended = new Promise((resolve) => child.once('close', resolve));
    return {
      ...started,
      pid: child.pid,
      close: async () => {
        child.kill();
        await ended;
      }
    };
  }

  private get linkFile(): string {
    return join(this.home, 'sf-data', 'package.json');
  }

  private async link(): Promise<string> {
    await this.text('plugins', 'link', '--no-install', ROOT);
    return readFile(this.linkFile, 'utf8');
  }

  public async close(): Promise<void> {
    await rm(this.home, { recursive: true, force: true });
  }
}

async function codeOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}
