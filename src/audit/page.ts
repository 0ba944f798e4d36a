import type { Interval } from '../base/bootstrap.js';
import { escapeHtml } from '../base/html.js';
import { pageStyle, standalone } from '../report/page.js';
import { fixed, pValue } from '../report/words.js';
import { familyLines } from './familyLines.js';
import { type Drawn, heatMap } from './heatMap.js';
import { signed } from './picture.js';
import { sideBySide } from './sideBySide.js';
import { isUnsure, type Row, thresholds, type Verdict } from './verdicts.js';

/** A clip of a page. */
interface PageClip {
  path: string;
  id?: string;
  prompt?: string;
  score: number;
  note?: string;
}

/** What a page shows of an audit. */
export interface PageAudit extends Drawn {
  clips: readonly string[];
  notes: readonly string[];
  examples(): readonly { verdict: Verdict; first: PageClip; second: PageClip }[];
}

/**
 * One HTML page about an audit, or about several of the same clips, with everything in it. Nothing of it runs: no script is
 * allowed, whatever text prompts and names hold, and nothing is fetched. The two clips of a verdict are one video.
 * @throws with the reason when a clip behind a verdict can no longer be read
 */
export async function page(audits: readonly PageAudit[]): Promise<string> {
  const title = `Audit of ${audits.map(({ name }) => name).join(' and ')}`;
  const several = audits.length > 1;
  const chapters = await Promise.all(audits.map((audit) => findings(audit, several)));
  return standalone(
    title,
    pageStyle + ownStyle,
    `<header><h1>${escapeHtml(title)}</h1></header>
<main>
${chapters.join('\n')}
<section class="chapter"><h2>What each change does</h2>
<div class="picture">${heatMap(audits).toSvg({ ink: 'currentColor' })}</div>
<h3>By strength</h3>
<div class="picture">${familyLines(audits).toSvg({ ink: 'currentColor' })}</div>
</section>
${audits.map((audit) => table(audit, several)).join('\n')}
</main>
<footer>${escapeHtml(audits.some(({ rows }) => rows.some(hasSpread)) ? methods + ofSpread : methods)}</footer>`,
  );
}

const hasSpread = ({ spread }: Row): boolean => spread !== undefined;

const methods =
  'A drop is the mean, over clips, of the score of the control minus that of the change, in sample deviations of the control’s ' +
  'scores, with its 95% bootstrap interval. Wins are the share of clips whose control scores higher, ties half. p is of flipping the ' +
  'signs of the differences, two-sided; after Holm’s correction over the whole table a star means at most ' +
  `${thresholds.level}. Changes of less than ${thresholds.floor} deviations are not findings. Control and change are encoded alike from ` +
  'the same decoded frames.';

const ofSpread =
  ' The spread is how far the heads of the ensemble are apart: their sample deviation on each changed clip, in the mean over clips, in the ' +
  'same unit. A ~ marks a drop that is smaller; the heads may agree on it all the same.';

async function findings(audit: PageAudit, several: boolean): Promise<string> {
  const { name, verdicts, clips, notes } = audit;
  const shown: string[] = [];
  for (const { verdict, first, second } of audit.examples()) {
    const { video, poster } = await sideBySide(first.path, second.path);
    shown.push(
      `<figure class="verdict"><h4>${escapeHtml(verdict.kind)}: ${escapeHtml(verdict.family)}</h4><p>${escapeHtml(verdict.text)}</p>` +
        `<video src="${video}" poster="${poster}" controls muted loop playsinline></video>` +
        `<div class="sides">${[first, second].map(side).join('')}</div></figure>`,
    );
  }
  const said =
    verdicts.length === 0 ? 'No verdict' : `${verdicts.length} verdict${verdicts.length === 1 ? '' : 's'}`;
  return (
    `<section class="chapter"><h2>${escapeHtml(several ? `${name}: ${said}` : said)}</h2>` +
    `<p>${clips.length} clips.</p>${notes.map((note) => `<p>${escapeHtml(note)}</p>`).join('')}` +
    `<div class="verdicts">${shown.join('')}</div></section>`
  );
}

function side({ id, prompt, score, note }: PageClip): string {
  const lines = [note, prompt && `“${prompt}”`, id].filter((line) => line !== undefined && line !== '');
  return `<figcaption><strong>${escapeHtml(signed(score))}</strong>${lines.map((line) => `<span>${escapeHtml(String(line))}</span>`).join('')}</figcaption>`;
}

function table({ name, rows }: PageAudit, several: boolean): string {
  const spreads = rows.some(hasSpread);
  const head = [
    'change',
    'strength',
    'should',
    'clips',
    'wins',
    'drop',
    'p',
    'after Holm',
    ...(spreads ? ['spread'] : []),
  ];
  const numbers = (value: string) => `<td>${escapeHtml(value)}</td>`;
  const words = (value: string) => `<td class="text">${escapeHtml(value)}</td>`;
  const body = rows.map((row) => {
    const { family, strength, expectation, clips, wins, drop, p, adjusted, spread } = row;
    const apart = spread === undefined ? '' : `${fixed(spread)}${isUnsure(row) ? ' ~' : ''}`;
    return (
      `<tr><td class="name">${escapeHtml(family)}</td>${words(strength)}${words(expectation)}${numbers(String(clips))}` +
      `${numbers(fixed(wins))}<td><b>${signed(drop.value)}</b><small>${ends(drop)}</small></td>${numbers(pValue(p))}${numbers(pValue(adjusted))}${spreads ? numbers(apart) : ''}</tr>`
    );
  });
  return (
    `<details class="chapter"><summary><h2>${several ? `${escapeHtml(name)}: the table` : 'The table'}</h2></summary><div class="table"><table>` +
    `<thead><tr>${head.map((column, i) => `<th class="${i === 0 ? 'name' : i < 3 ? 'text' : ''}">${column}</th>`).join('')}</tr></thead>` +
    `<tbody>${body.join('')}</tbody></table></div></details>`
  );
}

const ends = ({ low, high }: Interval): string => `${signed(low)} to ${signed(high)}`;

const ownStyle = `
.picture { overflow-x: auto; }
.picture svg { max-width: none !important; }
.verdicts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 400px), 1fr)); gap: 16px; margin-top: 12px; }
.sides { display: grid; grid-template-columns: 1fr 1fr; gap: 12px; }
.sides span { display: block; }
.sides strong { color: var(--ink); }
`;
