import { linkSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { main } from '../../src/cli.js';
import { capturePrinted, complained, printed } from '../support/printed.js';

let folder: string;
capturePrinted();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'analyze-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const at = (name: string) => join(folder, name);

describe('solireward analyze', () => {
  it('prints its guess and its findings, and writes page and numbers', async () => {
    writeFileSync(at('s.csv'), 'clip,quality,model\na,1,x\nb,2,y\nc,3,x\nd,4,y\n');
    writeFileSync(at('v.csv'), 'clip,pass\na,0\nb,1\nc,0\nd,1\n');
    const args = ['--labels', at('v.csv'), '--by', 'model', '--html', at('r.html'), '--json', at('r.json')];
    expect(await main(['analyze', at('s.csv'), ...args])).toBe(0);
    expect(printed[0]).toContain('s.csv: score: quality\ns.csv: group: model');
    expect(printed[0]).toContain('quality has AUC 0.750');
    expect(printed[1]).toBe(`wrote ${at('r.html')} and ${at('r.json')}`);
    expect(readFileSync(at('r.html'), 'utf8')).toMatch(/^<!doctype html>/);
    expect(JSON.parse(readFileSync(at('r.json'), 'utf8')).agreement[0].metrics[0].auc.value).toBe(0.75);
  });

  it('replaces page and numbers as a whole: who has the old ones open keeps them', async () => {
    writeFileSync(at('s.csv'), 'clip,quality,pass\na,1,0\nb,2,1\nc,3,0\nd,4,1\n');
    for (const name of ['r.html', 'r.json']) {
      writeFileSync(at(name), 'old');
      linkSync(at(name), at(`before.${name}`));
    }
    expect(await main(['analyze', at('s.csv'), '--html', at('r.html'), '--json', at('r.json')])).toBe(0);
    for (const name of ['r.html', 'r.json']) {
      expect(readFileSync(at(`before.${name}`), 'utf8')).toBe('old');
      expect(readFileSync(at(name), 'utf8').length).toBeGreaterThan(3);
    }
  });

  it('takes columns and numbers as they are given', async () => {
    writeFileSync(at('s.csv'), 'who,take,n,stars\na,1,5,3\na,2,6,4\nb,1,7,5\nb,2,8,2\n');
    const args = ['--id', 'who,take', '--score', 'n', '--rating', 'stars', '--threshold', '3', '--cost', '2'];
    expect(await main(['analyze', at('s.csv'), ...args, '--json', at('r.json')])).toBe(0);
    expect(printed[0]).toContain('clip: who + take');
    expect(printed[0]).toContain('a rating of 3 or more is a Pass');
  });

  it('fails with the reason of a bad file', async () => {
    writeFileSync(at('s.csv'), '');
    expect(await main(['analyze', at('s.csv')])).toBe(1);
    expect(complained[0]).toBe('solireward: analyze: s.csv has no rows');
  });

  it.each([
    [[], 'analyze takes one score file, received 0'],
    [['a.csv', 'b.csv'], 'analyze takes one score file, received 2'],
    [['a.csv', '--cost', 'much'], "--cost takes a number, received 'much'"],
    [['a.csv', '--colour', 'x'], "Unknown option '--colour'"],
  ])('refuses %j', async (args, reason) => {
    expect(await main(['analyze', ...args])).toBe(2);
    expect(complained[0]).toContain(reason);
  });
});
