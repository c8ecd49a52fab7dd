import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const RUN = join(ROOT, 'node_modules', '@salesforce', 'cli', 'bin', 'run.js');

/**
 * The real `sf` with this plugin linked, in a home of its own that is removed at the end. Nothing of the user's is read or changed.
 */
export class IsolatedSf {
  static async create() {
    const sf = new IsolatedSf(await mkdtemp(join(tmpdir(), 'bulkops-')));
    await sf.text('plugins', 'link', '--no-install', ROOT);
    return sf;
  }

  constructor(home) {
    this.home = home;
    const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'];
    const inherited = Object.entries(process.env).filter(
      ([name]) => !proxies.includes(name) && !/^(SF|SFDX)_/.test(name)
    );
    this.env = {
      ...Object.fromEntries(inherited),
      HOME: home,
      USERPROFILE: home,
      SF_DISABLE_TELEMETRY: 'true',
      SF_AUTOUPDATE_DISABLE: 'true',
      SF_SKIP_NEW_VERSION_CHECK: 'true',
      SF_USE_GENERIC_UNIX_KEYCHAIN: 'true'
    };
  }

  /** Starts a command; the caller waits for it. */
  start(args, options = {}) {
    return spawn(process.execPath, ['--no-deprecation', RUN, ...args], { env: this.env, cwd: this.home, ...options });
  }

  /** Runs a command on the terminal; its exit code. */
  async run(...args) {
    const child = this.start(args, { stdio: 'inherit' });
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? 1));
    });
  }

  /** What a command that must succeed writes to stdout. */
  async text(...args) {
    const { code, stdout, stderr } = await this.output(...args);
    if (code !== 0) throw new Error(`sf ${args.join(' ')} ended with ${code}:\n${stdout}\n${stderr}`);
    return stdout;
  }

  async output(...args) {
    const child = this.start(args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    const code = await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (ended) => resolve(ended ?? 1));
    });
    return { code, stdout, stderr };
  }

  /** Starts the emulator through `sf`, as a user would; `close` stops it. */
  async startEmulator(...args) {
    const child = this.start(['bulkops', 'emulator', 'start', '--json', ...args], {
      stdio: ['ignore', 'pipe', 'inherit']
    });
    const started = await new Promise((resolve, reject) => {
      let text = '';
      child.once('error', reject);
      child.once('close', (code) => reject(new Error(`the emulator ended with ${code}: ${text}`)));
      child.stdout.setEncoding('utf8').on('data', (piece) => {
        text += piece;
        try {
          resolve(JSON.parse(text).result);
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

  async close() {
    await rm(this.home, { recursive: true, force: true });
  }
}
