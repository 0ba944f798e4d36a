import { type Displayable, jupyterDisplay, type MimeBundle, mime } from '../base/host.js';
import { escapeHtml } from '../base/html.js';
import type { CaptionedClip } from '../notebook/captionedClip.js';
import { display } from '../notebook/display.js';
import { pair } from '../notebook/pair.js';
import { familyLines } from './familyLines.js';
import { heatMap } from './heatMap.js';
import type { Column, Judgement } from './judge.js';
import { page } from './page.js';
import type { Scores } from './pairedScores.js';
import type { Picture } from './picture.js';
import type { AuditedClip } from './scorer.js';
import { isUnsure, type Row, thresholds, type Verdict } from './verdicts.js';

/** What was scored under one change: the clips as the scorer was given them. */
export interface AuditColumn extends Column {
  clips: readonly (AuditedClip | undefined)[];
}

/** What could not be made, read or scored. */
export interface AuditFailure {
  /** Id of the clip. */
  clip: string;
  /** Family and level; none where it is the clip itself. */
  change?: string;
  /** What went wrong, in a sentence. */
  reason: string;
}

/** All that an audit consists of. */
export interface AuditContent {
  name: string;
  /** Clips that were given. */
  given: number;
  control: readonly (AuditedClip & { score: number | undefined; spread?: number })[];
  columns: readonly AuditColumn[];
  failures: readonly AuditFailure[];
  judgement: Judgement;
}

/** The two clips behind a verdict, as players show them. */
export interface VerdictClips {
  /** The verdict that the clips show. */
  verdict: Verdict;
  /** The control, or the milder level where scores are not monotone. */
  first: CaptionedClip & { path: string; score: number };
  /** The clip after the change. */
  second: CaptionedClip & { path: string; score: number };
}

/** What an audit found: it shows itself in a notebook, and is one HTML page and one JSON value. */
export class Audit implements Displayable {
  constructor(private readonly content: AuditContent) {}

  /** What the audited scorer is called. */
  get name(): string {
    return this.content.name;
  }

  /** The table, a line a change. */
  get rows(): readonly Row[] {
    return this.content.judgement.rows;
  }

  /** What is wrong with the scorer; empty where nothing was found. */
  get verdicts(): readonly Verdict[] {
    return this.content.judgement.verdicts;
  }

  /** What was left out, and why. */
  get failures(): readonly AuditFailure[] {
    return this.content.failures;
  }

  /** Ids of the clips whose control has a score. */
  get clips(): string[] {
    return this.content.control.filter(({ score }) => score !== undefined).map(({ of }) => of);
  }

  /** The drop of each family by strength. */
  heatMap(): Picture {
    return heatMap([this]);
  }

  /** The drop over the strength, a line a family. */
  lines(): Picture {
    return familyLines([this]);
  }

  /** For each verdict the clip that shows it best: the control, and the change, with both scores. */
  examples(): VerdictClips[] {
    return this.verdicts.map((verdict) => {
      const { family, level, kind, strength, worst } = verdict;
      const control = this.content.control[worst.clip];
      const of = (wanted: number) =>
        this.content.columns.find((column) => column.family === family && column.level === wanted)?.clips[
          worst.clip
        ];
      const changed = of(level) ?? control;
      const milder = kind === 'not monotone' ? (of(level - 1) ?? control) : control;
      const note = milder === control ? 'control' : `${family} ${level - 1}`;
      return {
        verdict,
        first: { ...milder, id: control.of, score: worst.first, note },
        second: { ...changed, id: control.of, score: worst.second, note: `${family}: ${strength}` },
      };
    });
  }

  /** Shows everything in the running cell: findings, heat map, lines, and for each verdict both clips in step. */
  async show(): Promise<void> {
    await display(this);
    await display(this.lines());
    for (const { verdict, first, second } of this.examples()) {
      await display(pair({ ...first, label: verdict.kind }, second));
    }
  }

  /** The findings in a few lines. */
  get summary(): string {
    return [`${this.name}: ${headline(this)}`, ...this.verdicts.map(lineOf), ...this.notes].join('\n');
  }

  /** What else is to be known: what the clips are too few for, and what was left out. */
  get notes(): string[] {
    const { enough, undecided } = this.content.judgement;
    const notes: string[] = [];
    if (!enough) {
      const clips = this.clips.length;
      notes.push(
        `${clips} clips are too few: with Holm's correction no p can be below ${thresholds.level}; give more`,
      );
    } else if (undecided.length > 0) {
      notes.push(`not decidable with these clips: whether a drop is missed for ${undecided.join(', ')}`);
    }
    const unsure = this.rows.filter(isUnsure);
    if (unsure.length > 0) {
      const named = unsure.slice(0, 5).map(({ family, level }) => `${family} ${level}`);
      notes.push(
        `smaller than the spread of the ensemble: the drop of ${named.join(', ')}${unsure.length > 5 ? ` and ${unsure.length - 5} more` : ''}`,
      );
    }
    if (this.failures.length > 0) {
      const [{ clip, change, reason }] = this.failures;
      const what = this.failures.length === 1 ? 'score is' : 'scores are';
      notes.push(
        `${this.failures.length} ${what} missing; the first: ${clip}${change ? `, ${change}` : ''}: ${reason}`,
      );
    }
    return notes;
  }

  toString(): string {
    return this.summary;
  }

  /** One page with the findings and the clips behind them: nothing of it runs, and it works offline. */
  toHtml(): Promise<string> {
    return page([this]);
  }

  /** What `JSON.stringify` writes; undefined numbers are null. */
  toJSON(): object {
    const { name, given, control, columns, failures, judgement } = this.content;
    const id = (clip: number) => control[clip].of;
    const byChange = (values: (column: AuditColumn) => Scores, clip: number) =>
      Object.fromEntries(
        columns.map((column) => [`${column.family} ${column.level}`, values(column)[clip] ?? null]),
      );
    return {
      name,
      given,
      clips: this.clips.length,
      unit: judgement.unit,
      enough: judgement.enough,
      thresholds,
      verdicts: this.verdicts.map(({ worst, ...verdict }) => ({
        ...verdict,
        worst: { clip: id(worst.clip), first: worst.first, second: worst.second },
      })),
      undecided: judgement.undecided,
      rows: this.rows,
      failures,
      scores: control.map(({ of, score }, clip) => ({
        clip: of,
        control: score ?? null,
        ...byChange(({ scores }) => scores, clip),
      })),
      ...(control.some(({ spread }) => spread !== undefined) && {
        spreads: control.map(({ of, spread }, clip) => ({
          clip: of,
          control: spread ?? null,
          ...byChange(({ spreads }) => spreads ?? [], clip),
        })),
      }),
    };
  }

  [jupyterDisplay](): MimeBundle {
    const findings = this.verdicts.map(
      (verdict) => `<li><b>${escapeHtml(verdict.kind)}</b>: ${escapeHtml(verdict.text)}</li>`,
    );
    const notes = this.notes.map((note) => `<p style="opacity:.7">${escapeHtml(note)}</p>`);
    const head = `<p><b>${escapeHtml(this.name)}</b>: ${escapeHtml(headline(this))}</p>`;
    const picture = this.heatMap();
    return {
      [mime.html]: `${head}<ul>${findings.join('')}</ul>${notes.join('')}${picture.toSvg({ ink: 'currentColor' })}`,
      [mime.text]: `${this.summary}\n\n${picture.summary}`,
    };
  }
}

/** How many verdicts there are, and on what they rest. */
function headline({ verdicts, clips, rows }: Audit): string {
  const found =
    verdicts.length === 0 ? 'no verdict' : `${verdicts.length} verdict${verdicts.length === 1 ? '' : 's'}`;
  return `${found} (${clips.length} clips, ${rows.length} changes)`;
}

const lineOf = ({ kind, text }: Verdict): string => `  ${kind}: ${text}`;
