import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = resolve(fileURLToPath(new URL('../..', import.meta.url)));
const python = join(root, '.venv', 'bin', 'python');
const hasKernel = existsSync(join(root, '.venv', 'share', 'jupyter', 'kernels', 'solireward', 'kernel.json'));

interface Cell {
  cell_type: string;
  execution_count: number | null;
  outputs: { output_type: string; text?: string[]; ename?: string }[];
}

describe.skipIf(!hasKernel)('runNotebook.py (skipped where .venv has no kernelspec)', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'solireward-notebook-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function run(notebook: string): Promise<{ status: number; stdout: string }> {
    const env = {
      ...process.env,
      SOLIREWARD_DIMENSION: 'deformity',
      SOLIREWARD_RUN_FOLDER: folder,
      IPYTHONDIR: folder,
      JUPYTER_RUNTIME_DIR: folder,
    };
    const args = [join(root, 'scripts', 'runNotebook.py'), join(root, 'test', 'scripts', notebook), folder];
    return new Promise((resolve) => {
      execFile(python, args, { env }, (error, stdout) => {
        resolve({ status: error === null ? 0 : Number(error.code), stdout });
      });
    });
  }
  const readJson = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
  const codeCells = (name: string): Cell[] =>
    readJson(name).cells.filter((cell: Cell) => cell.cell_type === 'code');

  it('prints what the cells print, and leaves the notebook, its page and a report', async () => {
    const { status, stdout } = await run('small.ipynb');
    expect(status).toBe(0);
    expect(stdout).toBe(
      "[cell 1/2] // Parameters\ntraining deformity\n[cell 2/2] // Results\nstep 1 of 3\nstep 3 of 3\n'the end'\n",
    );
    expect(codeCells('small.ipynb').map((cell) => cell.execution_count)).toEqual([1, 2]);
    expect(readJson('summary.json').dimension).toBe('deformity');
    const { succeeded, seconds, sections, peakMemoryBytes } = readJson('notebook.json');
    expect(succeeded).toBe(true);
    expect(seconds).toBeGreaterThan(0);
    expect(sections.map(({ title }: { title: string }) => title)).toEqual(['1. Parameters', '2. Results']);
    const ran = sections.reduce((sum: number, section: { seconds: number }) => sum + section.seconds, 0);
    expect(ran).toBeGreaterThan(0);
    expect(ran).toBeLessThanOrEqual(seconds);
    expect(peakMemoryBytes).toBeGreaterThan(30 * 2 ** 20);
  });

  it('makes a page that needs nothing from the network', async () => {
    await run('small.ipynb');
    const page = readFileSync(join(folder, 'small.html'), 'utf8');
    expect(page).toContain('training deformity');
    expect(page).not.toMatch(/<(script|link|img)[^>]+(src|href)="https?:/);
  });

  it('ends with 1 at a cell that fails, with its error in the saved notebook', async () => {
    const { status, stdout } = await run('failing.ipynb');
    expect(status).toBe(1);
    expect(stdout).toContain('RangeError: a reason');
    expect(stdout).not.toContain('after');
    const [works, fails, never] = codeCells('failing.ipynb');
    expect(works.outputs[0].text).toEqual(['before\n']);
    expect(fails.outputs[0]).toMatchObject({ output_type: 'error', ename: 'RangeError' });
    expect(never.execution_count).toBeNull();
    expect(existsSync(join(folder, 'failing.html'))).toBe(true);
    expect(readJson('notebook.json').succeeded).toBe(false);
  });
});
