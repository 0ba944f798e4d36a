import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Audit } from '../audit/audit.js';
import { command } from '../audit/commandScorer.js';
import { compare } from '../audit/compare.js';
import {
  type AuditDimension,
  auditDimensions,
  type Expectation,
  type Expectations,
  expectations as tableOf,
} from '../audit/expectations.js';
import type { Paraphrases } from '../audit/requests.js';
import { type AuditProgress, run } from '../audit/run.js';
import { served } from '../audit/servedScorer.js';
import { type Family, families } from '../audit/variants.js';
import { parseJson } from '../base/json.js';
import { replaceFile } from '../base/replaceFile.js';
import type { Clip } from '../data/clip.js';
import { type EngineName, use } from '../engine/use.js';
import { load } from '../model/load.js';
import type { RewardModel } from '../model/rewardModel.js';
import { openItems } from '../score/items.js';
import { setLimit } from './limits.js';
import { parse, UsageError, type Verb } from './verb.js';

/** `solireward audit`: what a reward sees, and where it can be cheated; 1 when there is a verdict. */
export const audit: Verb = {
  usage: `  solireward audit --input items.json (--model DIR | --command LINE | --url URL) [--against DIR]
                   [--dimension NAME] [--expect FAMILY=WORD]... [--only FAMILY]... [--paraphrases FILE]
                   [--html FILE] [--json FILE] [--folder runs/audit] [--seed 1] [--batch-size 16]
                   [--seconds 600] [--header 'NAME: VALUE']... [--engine auto] [--limit NAME=NUMBER]...
                                               what a reward sees, and where it can be cheated: clips and prompts
                                               changed in known ways, and verdicts; --against audits a second
                                               model on the same clips. Ends with 1 where there is a verdict.
                                               NAME of the dimension: ${auditDimensions.join(', ')};
                                               WORD, what a FAMILY should do: drop, stay or open; LINE gets a line of
                                               JSON for each clip and answers a line with its score, and URL gets
                                               POST {"clips": […]} and answers {"scores": […]}`,

  async run(args) {
    const text = { type: 'string' } as const;
    const list = { type: 'string', multiple: true } as const;
    const { values, positionals } = parse(args, {
      ...{ input: text, model: text, command: text, url: text, against: text, dimension: text, expect: list },
      ...{ only: list, paraphrases: text, html: text, json: text, folder: text, seed: text, seconds: text },
      ...{ 'batch-size': text, header: list, engine: text, limit: list },
    });
    if (positionals.length > 0) throw new UsageError(`audit takes no argument '${positionals[0]}'`);
    const { input, model: folder, command: line, url, against, html, json } = values;
    if (!input) throw new UsageError('audit needs --input');
    if ([folder, line, url].filter((given) => given !== undefined).length !== 1) {
      throw new UsageError('audit needs one of --model, --command and --url');
    }
    for (const limit of values.limit ?? []) setLimit(limit);
    const seconds = numberOf('seconds', values.seconds ?? '600');
    const batchSize = numberOf('batch-size', values['batch-size'] ?? '16');
    const headers = Object.fromEntries((values.header ?? []).map(headerOf));
    const clips = await clipsOf(input);
    const paraphrases = values.paraphrases ? await readParaphrases(values.paraphrases) : undefined;

    if (folder || against) await use((values.engine ?? 'auto') as EngineName);
    const auditOf = async (scorer: Parameters<typeof run>[0], name?: string): Promise<Audit> =>
      run(scorer, clips, {
        name,
        expectations: expected(scorer, values.dimension, values.expect ?? []),
        families: values.only ? values.only.map(familyOf) : families,
        ...(paraphrases && { paraphrases }),
        ...{ folder: values.folder, seed: numberOf('seed', values.seed ?? '1'), batchSize, seconds },
        onProgress: process.stderr.isTTY ? showProgress : undefined,
      });
    const modelAudit = async (place: string): Promise<Audit> => {
      const model = await load(place);
      try {
        return await auditOf(model, place);
      } finally {
        model.dispose();
      }
    };
    const first = folder
      ? await modelAudit(folder)
      : await auditOf(
          line ? command(line, { seconds }) : served(url as string, { seconds, batchSize, headers }),
        );
    const second = against ? await modelAudit(against) : undefined;
    const result = second ? compare(first, second) : first;
    console.log(result.summary);
    if (html) {
      const page = await result.toHtml();
      await replaceFile(html, (draft) => draft.writeFile(page));
    }
    if (json) await replaceFile(json, (draft) => draft.writeFile(`${JSON.stringify(result, null, 1)}\n`));
    if (html || json) console.log(`wrote ${[html, json].filter(Boolean).join(' and ')}`);
    return first.verdicts.length + (second?.verdicts.length ?? 0) > 0 ? 1 : 0;
  },
};

/** The clips of an inference file, named after their files; where two have one name, by their places too. */
async function clipsOf(input: string): Promise<Clip[]> {
  const items = await openItems(input);
  const clips: (Clip & { index: number })[] = [];
  for await (const { index, path, prompt, fault } of items.read()) {
    if (path === undefined) throw new Error(`audit: ${input} item ${index}: ${fault}`);
    clips.push({ index, id: basename(path), path, prompt });
  }
  const times = new Map<string, number>();
  for (const { id } of clips) times.set(id, (times.get(id) ?? 0) + 1);
  return clips.map(({ index, id, ...clip }) => ({
    ...clip,
    id: times.get(id) === 1 ? id : `${id} (item ${index})`,
  }));
}

/** @throws Error for a file that is not an object of prompts and lists of texts */
async function readParaphrases(file: string): Promise<Paraphrases> {
  const value = jsonOf(file, await readFile(file, 'utf8'));
  const fits =
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every(
      (list) => Array.isArray(list) && list.every((text) => typeof text === 'string'),
    );
  if (!fits) throw new Error(`audit: ${file}: expected { "a prompt": ["other words", …], … }`);
  return value as Paraphrases;
}

function jsonOf(file: string, text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    throw new Error(`audit: ${file} is not valid JSON: ${(error as Error).message}`);
  }
}

/** The table of the dimension, or of the model's own, with what is changed in it. */
function expected(scorer: unknown, dimension: string | undefined, changes: readonly string[]): Expectations {
  const name = dimension ?? (scorer as Partial<RewardModel>).card?.dimension;
  if (!auditDimensions.includes(name as AuditDimension)) {
    throw new UsageError(
      `--dimension takes one of ${auditDimensions.join(', ')}, ${name === undefined ? 'and has to be given' : `received '${name}'`}`,
    );
  }
  const table = tableOf(name as AuditDimension);
  for (const change of changes) {
    const [family, word] = change.split('=');
    if (!['drop', 'stay', 'open'].includes(word)) {
      throw new UsageError(`--expect takes FAMILY=drop, =stay or =open, received '${change}'`);
    }
    table[familyOf(family)] = word as Expectation;
  }
  return table;
}

function familyOf(name: string): Family {
  const found = families.find((family) => family === name);
  if (!found) throw new UsageError(`there is no family '${name}'; there are ${families.join(', ')}`);
  return found;
}

function numberOf(option: string, text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number))
    throw new UsageError(`--${option} takes a number, received '${text}'`);
  return number;
}

function headerOf(text: string): [string, string] {
  const [, name, value] = /^([^:\s]+):\s*(.+)$/.exec(text) ?? [];
  // Its value may be a password.
  if (!name) throw new UsageError("--header takes 'NAME: VALUE'");
  return [name, value];
}

function showProgress({ stage, done, total }: AuditProgress): void {
  process.stderr.write(`\r${stage}: ${done} of ${total}  ${done === total ? '\n' : ''}`);
}
