import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Audit } from '../../src/audit/audit.js';
import { compare } from '../../src/audit/compare.js';
import { expectations } from '../../src/audit/expectations.js';
import { run } from '../../src/audit/run.js';
import type { AuditedClip } from '../../src/audit/scorer.js';
import type { Family } from '../../src/audit/variants.js';
import { type Displayable, jupyterDisplay, mime } from '../../src/base/host.js';
import { makeClips } from '../support/clips.js';
import { insideNotebook } from '../support/fakeHost.js';

/** What a scorer gives to clip i under each change: frozen is preferred, level 2 of `brighter` costs, the rest is nothing. */
const scoreOf = ({ of, family, level }: AuditedClip): number => {
  const clip = Number(of.replace(/\D/g, ''));
  const change = { frozen: 3 + clip / 10, brighter: level === 2 ? -5 : 0 }[family] ?? 0;
  return clip + change;
};
const name = 'mine <b>&</b>';
const families: Family[] = ['brighter', 'frozen', 'flipped', 'other prompt', 'retest'];
const notebook = insideNotebook();
notebook.bundle = async (value) => (value as Displayable)[jupyterDisplay]();
let folder: string;
let audit: Audit;
let other: Audit;
/** Of heads that are two deviations apart on brighter clips, and agree on the others. */
let ensemble: Audit;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'solireward-audit-'));
  const clips = await makeClips(folder, 14);
  const asked = clips.map((clip, i) => ({ ...clip, prompt: `<i>clip</i> ${i}` }));
  const options = {
    families,
    folder: join(folder, 'variants'),
    expectations: { ...expectations('physics'), 'other prompt': 'drop' } as const,
  };
  audit = await run((some) => some.map(scoreOf), asked, { ...options, name });
  other = await run(
    (some) =>
      some.map((clip) => (clip.of === 'clip-3' && clip.family === 'flipped' ? Number.NaN : scoreOf(clip))),
    asked,
    {
      ...options,
      name: 'other',
    },
  );
  ensemble = await run(
    (some) =>
      some.map((clip) => ({
        score: scoreOf(clip),
        spread: clip.family === 'brighter' ? 2 * Math.sqrt(17.5) : 0,
      })),
    asked,
    { ...options, families: ['brighter', 'flipped'], name: 'heads' },
  );
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true }));

describe('Audit', () => {
  it('has the table, the verdicts and a summary', () => {
    expect(audit.rows).toHaveLength(7);
    expect(audit.verdicts.map(({ kind, family, level }) => `${kind}: ${family} ${level}`)).toEqual([
      'sensitive: brighter 2',
      'wrong way: frozen 1',
      'ignores the prompt: other prompt 1',
    ]);
    // The deviation of 0 to 13 is √17.5; frozen adds 3 to 4.3, 3.65 in the mean.
    const frozen = audit.rows.find(({ family, level }) => family === 'frozen' && level === 1)!;
    expect(frozen.drop.value).toBeCloseTo(-3.65 / Math.sqrt(17.5), 12);
    expect(frozen).toMatchObject({ wins: 0, clips: 14, p: 2 / 2 ** 14, expectation: 'drop' });
    const lines = audit.summary.split('\n');
    expect(lines[0]).toBe(`${name}: 3 verdicts (14 clips, 7 changes)`);
    expect(lines[1]).toContain('sensitive: brighter (+32 of 255) should not matter, and costs 1.20');
    expect(String(audit)).toBe(audit.summary);
  });

  it('has the two clips behind each verdict, with their scores', () => {
    const [brighter, frozen, prompt] = audit.examples();
    expect(brighter.first).toMatchObject({ score: expect.any(Number), note: 'control' });
    expect(frozen.first).toMatchObject({ id: 'clip-13', score: 13, note: 'control' });
    expect(frozen.second).toMatchObject({
      id: 'clip-13',
      score: expect.closeTo(17.3, 9),
      note: 'frozen: second half',
    });
    expect(frozen.second.path).not.toBe(frozen.first.path);
    expect(prompt.second.path).toBe(prompt.first.path);
    expect(prompt.second.prompt).not.toBe(prompt.first.prompt);
  });

  it('is a page on which nothing runs, and which needs nothing', { timeout: 600_000 }, async () => {
    const html = await audit.toHtml();
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/<script|<link|https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
    expect(html).toContain('mine &#60;b&#62;&#38;&#60;/b&#62;');
    expect(html).not.toContain('<i>clip');
    expect(html.match(/<video src="data:video\/mp4;base64,/g)).toHaveLength(3);
    expect(html.match(/poster="data:image\/jpeg;base64,/g)).toHaveLength(3);
    expect(html).toContain('frozen (second half) is preferred by');
    expect(html.match(/<svg/g)!.length).toBeGreaterThanOrEqual(2);
  });

  it('is JSON with every score', () => {
    const json = JSON.parse(JSON.stringify(audit));
    expect(json).toMatchObject({ name, given: 14, clips: 14, enough: true, undecided: [], failures: [] });
    expect(json.scores).toHaveLength(14);
    expect(json.scores[5]).toMatchObject({
      clip: 'clip-5',
      control: 5,
      'frozen 2': 8.5,
      'brighter 2': 0,
      'retest 1': 5,
    });
    expect(json.verdicts[1]).toMatchObject({ kind: 'wrong way', worst: { clip: 'clip-13', first: 13 } });
    expect(JSON.parse(JSON.stringify(other)).scores[3]).toMatchObject({ 'flipped 1': null });
  });

  it('shows itself, and all of it with players', { timeout: 600_000 }, async () => {
    const bundle = audit[jupyterDisplay]();
    expect(String(bundle[mime.html])).toContain('<svg');
    expect(String(bundle[mime.html])).toContain('mine &#60;b&#62;');
    expect(String(bundle[mime.text])).toContain('wrong way: frozen');
    await audit.show();
    const shown = notebook.shown.map(({ bundle }) => bundle);
    const kinds = shown.map((one) =>
      mime.player in one ? 'player' : mime.svg in one ? 'picture' : 'findings',
    );
    expect(kinds).toEqual(['findings', 'picture', 'player', 'player', 'player']);
    expect(shown[3][mime.player]).toMatchObject({
      clips: [
        { score: 13, label: 'wrong way', note: 'control' },
        { score: expect.closeTo(17.3, 9), note: 'frozen: second half' },
      ],
    });
  });

  it('draws cells with verdicts framed, and a line for each family with levels', () => {
    const map = audit.heatMap();
    expect(map.toSvg().match(/stroke="#b5545c"/g)).toHaveLength(3);
    expect(map.toSvg({ ink: 'red' })).toContain('color="red"');
    expect(map.summary).toContain('frozen 1          drop    −0.87* wrong way');
    const lines = audit.lines();
    expect(lines.toSvg().match(/<polyline/g)).toHaveLength(2);
    expect(lines.summary).toContain('brighter: 0.00 +1.20 0.00');
  });
});

describe('the audit of an ensemble', () => {
  it('has the spread of each change, and marks a drop that is smaller', { timeout: 600_000 }, async () => {
    expect(ensemble.rows.map(({ family, level, spread }) => [family, level, spread?.toFixed(6)])).toEqual([
      ...[1, 2, 3].map((level) => ['brighter', level, '2.000000']),
      ['flipped', 1, '0.000000'],
    ]);
    expect(ensemble.heatMap().summary).toContain('brighter 2        stay    +1.20*~ sensitive');
    expect(ensemble.heatMap().toSvg()).toContain('~ less than the spread of the ensemble');
    expect(ensemble.notes).toContain(
      'smaller than the spread of the ensemble: the drop of brighter 1, brighter 2, brighter 3',
    );
    const html = await ensemble.toHtml();
    expect(html.match(/<td>2\.000? ~<\/td>/g)).toHaveLength(3);
    expect(html).toContain('The spread is how far the heads of the ensemble are apart');
    const json = JSON.parse(JSON.stringify(ensemble));
    expect(json.rows[0].spread).toBeCloseTo(2, 12);
    expect(json.spreads[5]).toMatchObject({ clip: 'clip-5', control: 0, 'flipped 1': 0 });
    expect(json.spreads[5]['brighter 2']).toBeCloseTo(2 * Math.sqrt(17.5), 12);
  });

  it('is as it was where there is no spread', () => {
    expect(audit.heatMap().toSvg()).not.toContain('~');
    expect(JSON.parse(JSON.stringify(audit))).not.toHaveProperty('spreads');
    expect(audit.rows.some((row) => 'spread' in row)).toBe(false);
  });
});

describe('compare', () => {
  it('shows two audits side by side, and as one page', { timeout: 600_000 }, async () => {
    const both = compare(audit, other);
    expect(
      both
        .heatMap()
        .toSvg()
        .match(/stroke="#b5545c"/g),
    ).toHaveLength(6);
    expect(
      both
        .lines()
        .toSvg()
        .match(/stroke-dasharray/g),
    ).toHaveLength(2);
    expect(both.summary).toContain('other: 3 verdicts (14 clips, 7 changes)');
    expect(String(both[jupyterDisplay]()[mime.html])).toContain('other');
    const html = await both.toHtml();
    expect(html.match(/<video /g)).toHaveLength(6);
    expect(html).toContain('other: the table');
    expect(JSON.parse(JSON.stringify(both)).second.name).toBe('other');
  });

  it('refuses audits of other clips', async () => {
    const [clip] = await makeClips(folder, 1);
    const fewer = await run((some) => some.map(scoreOf), [clip], {
      ...{ families: ['flipped'], folder: join(folder, 'variants'), expectations: 'physics' },
    });
    expect(() => compare(audit, fewer)).toThrow('of different clips (14 and 1; the second lacks "clip-1")');
    expect(() => compare(fewer, audit)).toThrow('of different clips (1 and 14)');
  });
});
