import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { chromiumPath } from './chromium.js';

const root = resolve(fileURLToPath(new URL('../..', import.meta.url)));
const python = join(root, '.venv', 'bin', 'python');
const installed = join(root, '.venv', 'share', 'jupyter', 'labextensions', 'solireward', 'package.json');

/** Where the pictures of the pages go. */
const screenshots = join(root, 'coverage', 'screenshots');

/** True where JupyterLab with our kernel and extension, and a Chromium, are there. */
export const hasJupyterLab = existsSync(python) && existsSync(installed) && chromiumPath !== undefined;

/** A JupyterLab server on a folder of its own, and a browser. */
export class JupyterLab {
  private workspaces = 0;

  private constructor(
    /** The folder that the server serves. */
    readonly folder: string,
    private readonly home: string,
    private readonly url: string,
    private readonly server: ChildProcess,
    private readonly browser: Browser,
  ) {}

  static async start(): Promise<JupyterLab> {
    const home = mkdtempSync(join(tmpdir(), 'solireward-lab-'));
    const folder = join(home, 'served');
    mkdirSync(folder);
    const settings = join(home, 'config', 'lab', 'user-settings', '@jupyterlab', 'apputils-extension');
    mkdirSync(settings, { recursive: true });
    // Else it asks whether it may fetch news.
    writeFileSync(join(settings, 'notification.jupyterlab-settings'), '{"fetchNews": "false"}');
    const port = await freePort();
    const env = {
      ...process.env,
      HOME: home,
      IPYTHONDIR: home,
      JUPYTER_CONFIG_DIR: join(home, 'config'),
      JUPYTER_DATA_DIR: join(home, 'data'),
      JUPYTER_RUNTIME_DIR: join(home, 'runtime'),
      JUPYTER_PREFER_ENV_PATH: '1',
      XDG_CACHE_HOME: join(home, 'cache'),
    };
    const options = [
      ...['--LabApp.expose_app_in_browser=True', '--JupyterNotebookApp.expose_app_in_browser=True'],
      ...['--no-browser', '--allow-root', '--IdentityProvider.token=', '--ServerApp.password='],
      ...[`--ServerApp.port=${port}`, '--ServerApp.port_retries=0', `--ServerApp.root_dir=${folder}`],
    ];
    const server = spawn(python, ['-m', 'jupyterlab', ...options], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let log = '';
    for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk) => (log += chunk));
    const url = `http://127.0.0.1:${port}`;
    const [browser] = await Promise.all([
      chromium.launch({
        executablePath: chromiumPath,
        args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
      }),
      answers(`${url}/api/status`, () => {
        if (server.exitCode !== null) throw new Error(`JupyterLab ended with ${server.exitCode}:\n${log}`);
      }),
    ]);
    return new JupyterLab(folder, home, url, server, browser);
  }

  /** Puts a notebook of our kernel with these cells into the folder; `saved` shows in an extra cell at its end. */
  write(name: string, cells: readonly string[], saved?: Record<string, unknown>): void {
    const codeCell = (source: string, i: number, outputs: object[] = []) => ({
      cell_type: 'code',
      id: `cell-${i}`,
      execution_count: null,
      metadata: {},
      outputs,
      source,
    });
    const output = { output_type: 'display_data', data: saved, metadata: {} };
    const notebook = {
      cells: [
        ...cells.map((source, i) => codeCell(source, i)),
        ...(saved ? [codeCell('', cells.length, [output])] : []),
      ],
      metadata: {
        kernelspec: { display_name: 'TypeScript (SoliReward)', language: 'typescript', name: 'solireward' },
      },
      nbformat: 4,
      nbformat_minor: 5,
    };
    writeFileSync(join(this.folder, name), JSON.stringify(notebook));
  }

  /** The text of a file of the folder, as it is saved. */
  read(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  /** Opens a notebook in JupyterLab, or in Notebook 7, with a workspace of its own. */
  async open(name: string, app: 'lab' | 'notebook' = 'lab'): Promise<NotebookPage> {
    const context = await this.browser.newContext({ viewport: { width: 1280, height: 900 } });
    context.setDefaultTimeout(180_000);
    const page = await context.newPage();
    const opened = new NotebookPage(page);
    const path = app === 'lab' ? `lab/workspaces/${++this.workspaces}/tree` : 'notebooks';
    await page.goto(`${this.url}/${path}/${name}`);
    await opened.ready();
    return opened;
  }

  async stop(): Promise<void> {
    await this.browser.close();
    const ended = new Promise((resolve) => this.server.once('exit', resolve));
    this.server.kill('SIGTERM');
    const killing = sleep(10_000, undefined, { ref: false }).then(() => this.server.kill('SIGKILL'));
    await Promise.race([ended, killing]);
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** What this uses of JupyterLab's application, which the server is told to expose to the page. */
interface App {
  commands: { execute(id: string, args: object): Promise<unknown> };
  shell: { currentWidget?: { sessionContext?: { isReady: boolean; kernelDisplayStatus: string } } };
}

/** A notebook in the browser. */
export class NotebookPage {
  /** What has gone wrong in our extension: JupyterLab and Notebook throw errors of their own, too. */
  readonly errors: string[] = [];
  readonly requests: string[] = [];

  constructor(readonly page: Page) {
    page.on('pageerror', ({ stack = '' }) => {
      if (stack.includes('extensions/solireward/')) this.errors.push(stack);
    });
    page.on('request', (request) => this.requests.push(request.url()));
  }

  /** Waits until the notebook is shown and its kernel has nothing to do. */
  async ready(): Promise<void> {
    await this.page.locator('.jp-Notebook .jp-Cell').first().waitFor();
    await this.page.waitForFunction(() => {
      const { jupyterapp } = window as unknown as { jupyterapp?: App };
      const context = jupyterapp?.shell.currentWidget?.sessionContext;
      return context?.isReady && context.kernelDisplayStatus === 'idle';
    });
  }

  /** The n-th cell. */
  cell(index: number): Locator {
    return this.page.locator('.jp-Notebook .jp-Cell').nth(index);
  }

  /** What the n-th cell has shown. */
  output(index: number): Locator {
    return this.cell(index).locator('.jp-Cell-outputArea');
  }

  /** Runs the n-th cell, as a user does, and waits until it has ended. */
  async run(index: number): Promise<void> {
    await this.cell(index).locator('.cm-content').click();
    await this.page.keyboard.press('Control+Enter');
    await this.cell(index)
      .locator('.jp-InputPrompt', { hasText: /\[\d+\]/ })
      .waitFor();
  }

  /** Saves the notebook and loads the page anew. */
  async saveAndReload(): Promise<void> {
    await this.command('docmanager:save');
    await this.page.reload();
    await this.ready();
  }

  /** Runs one of JupyterLab's commands. */
  async command(id: string, args: object = {}): Promise<void> {
    await this.page.evaluate(
      async ([id, args]) => {
        await (window as unknown as { jupyterapp: App }).jupyterapp.commands.execute(id, args);
      },
      [id, args] as const,
    );
  }

  /** Leaves a picture in coverage/screenshots/. */
  async screenshot(name: string): Promise<void> {
    mkdirSync(screenshots, { recursive: true });
    await this.page.screenshot({ path: join(screenshots, `${name}.png`) });
  }

  close(): Promise<void> {
    return this.page.context().close();
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** Waits until a URL answers; `check` throws when it never will. */
async function answers(url: string, check: () => void): Promise<void> {
  for (;;) {
    check();
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(200);
  }
}
