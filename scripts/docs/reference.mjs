import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Application, Comment, CommentTag, Converter, ReflectionKind } from 'typedoc';
import { inClone } from '../setup/environment.mjs';
import { anchors } from './anchors.mjs';

/**
 * Types that signatures name and rooms keep to themselves: parts of a model, and what a figure is made of.
 * They stand in the pages by their names alone.
 */
const inner = [
  ...['Backbone', 'Batch', 'ClipInput', 'ClipScorer', 'FeatureStore', 'Processor', 'Random', 'Ratings'],
  ...['InternVLConfig', 'QwenVLConfig', 'RewardHead', 'VideoGrid', 'Weights', 'tinyConfig'],
  ...[
    'Displayable',
    'FigureParts',
    'Job',
    'Layout',
    'Metrics',
    'OfficialItem',
    'PlotlyTrace',
    'Recipe',
    'Trace',
  ],
  ...[
    'CurveRow',
    'DistributionRow',
    'DrawnCheckpoint',
    'DrawnGroup',
    'MarginRow',
    'PairedScore',
    'PlotlyRow',
  ],
  ...['PrecisionRow', 'ReliabilityRow', 'RocRow', 'Row', 'TrainingPoint', 'departureNames', 'readers'],
  ...['checkFamilies', 'textFamilies', 'videoLevels'],
];

/**
 * A room of the public surface.
 * @typedef {{ name: string, folder: string, about: string }} Room
 */

/**
 * The rooms as `src/index.ts` names them, in the order of the work.
 * @returns {Room[]}
 */
export function rooms() {
  const faces = readFileSync(inClone('src', 'index.ts'), 'utf8');
  const found = [
    ...faces.matchAll(/^\/\*\* (.*) \*\/\nexport (?:\* as )?\{? ?(\w+) ?\}? from '\.\/(\w+)\/index\.js'/gm),
  ].map(([, about, name, folder]) => ({ name, folder, about }));
  const place = (/** @type {Room} */ { name }) => street.indexOf(name);
  return found.sort((a, b) => place(a) - place(b));
}

const street = [
  ...['data', 'pairing', 'loss', 'model', 'train', 'score', 'analysis', 'plot', 'notebook', 'engine'],
  ...['reward', 'serve', 'audit', 'benchmark', 'cluster', 'posttrain'],
];

/**
 * What TypeDoc makes of the declarations in dist/.
 * @returns {Promise<{ pages: Map<string, string>, faults: string[] }>} the pages by their file names, and what is to be
 *   mended in the sources: names without a comment, types that no room exports, links that lead nowhere.
 */
export async function reference() {
  const places = rooms();
  const folder = mkdtempSync(join(tmpdir(), 'solireward-docs-'));
  try {
    const app = await Application.bootstrapWithPlugins({
      plugin: ['typedoc-plugin-markdown'],
      entryPoints: places.map((room) => inClone('dist', 'src', room.folder, 'index.d.ts')),
      basePath: inClone('dist', 'src'),
      tsconfig: inClone('tsconfig.docs.json'),
      outputs: [{ name: 'markdown', path: folder }],
      readme: 'none',
      router: 'module',
      skipErrorChecking: true, // the tests check the declarations
      disableGit: true,
      disableSources: true,
      excludeExternals: true,
      preservedTypeAnnotationTags: ['@throws'],
      excludePrivate: true,
      excludeProtected: true,
      sort: ['kind', 'instance-first', 'alphabetical'],
      groupOrder: ['Functions', 'Variables', 'Classes', 'Interfaces', 'Type Aliases'],
      validation: { notDocumented: true, notExported: true, invalidLink: true },
      intentionallyNotExported: inner,
      logLevel: 'Warn',
      ...layout,
    });
    /** @type {string[]} */
    const faults = [];
    app.logger.warn = (message) => void faults.push(String(message));
    app.logger.error = (message) => void faults.push(String(message));
    app.converter.on(Converter.EVENT_CREATE_DECLARATION, withOwnComment);
    app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => prepare(project, places));
    const project = await app.convert();
    if (!project) throw new Error(`docs: TypeDoc made nothing of dist/: ${faults.join('; ')}`);
    app.validate(project);
    faults.push(...wordless(project));
    await app.generateOutputs(project);
    const made = new Map(places.map((room) => [`${room.name}.md`, page(folder, room)]));
    const pages = [...made].map(
      ([file, { text }]) =>
        /** @type {const} */ ([file, withTypeLinks(file, text, (name) => made.get(name)?.types)]),
    );
    return {
      pages: new Map([['README.md', contents(places)], ...pages]),
      // Members of a type without a name are told by the comment of what has it.
      faults: faults.filter((fault) => !fault.includes('.__type.')),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Names whose comment has tags and no words.
 * @param {import('typedoc').ProjectReflection} project
 */
function wordless(project) {
  return Object.values(project.reflections)
    .filter(({ comment }) => comment && (!comment.hasVisibleComponent() || comment.summary.length === 0))
    .filter((reflection) => !reflection.kindOf(ReflectionKind.Parameter))
    .map((reflection) => `${reflection.getFullName()} has a comment without words`);
}

/** How the pages look. */
const layout = {
  entryFileName: 'README',
  hidePageHeader: true,
  hideBreadcrumbs: true,
  hidePageTitle: true,
  useCodeBlocks: true,
  expandObjects: true,
  expandParameters: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  propertyMembersFormat: 'table',
  typeDeclarationFormat: 'table',
  tableColumnSettings: {
    hideModifiers: true,
    hideInherited: true,
    hideOverrides: true,
    leftAlignHeaders: true,
  },
};

/**
 * A face begins with what the room is for, and TypeDoc takes that for the comment of the first name on it.
 * @param {import('typedoc').Context} context
 * @param {import('typedoc').DeclarationReflection} reflection
 */
function withOwnComment(context, reflection) {
  const symbol = context.getSymbolFromReflection(reflection);
  const isOnFace = reflection.parent?.kindOf(ReflectionKind.Module);
  if (symbol && isOnFace) reflection.comment = context.getComment(symbol, reflection.kind);
}

/**
 * Names rooms as users do, options as options, and leaves out how values show themselves to Jupyter.
 * @param {import('typedoc').ProjectReflection} project
 * @param {Room[]} places
 */
function prepare(project, places) {
  for (const room of project.getChildrenByKind(ReflectionKind.Module)) {
    const { name, about } = places.find(({ folder }) => folder === room.name) ?? {};
    room.name = name ?? room.name;
    room.comment = new Comment([{ kind: 'text', text: about ?? '' }]);
  }
  for (const reflection of Object.values(project.reflections)) {
    if (reflection.name === '[jupyterDisplay]') project.removeReflection(reflection);
    else if (reflection.isSignature()) withDefaults(reflection);
    for (const tag of reflection.comment?.getTags('@throws') ?? [])
      if (tag.typeAnnotation) tag.content.unshift({ kind: 'text', text: `${tag.typeAnnotation} ` });
  }
}

/**
 * Puts the defaults of a signature, which its comment lists, beside its parameters.
 * @param {import('typedoc').SignatureReflection} signature
 */
function withDefaults(signature) {
  const parameters = signature.parameters ?? [];
  for (const parameter of parameters) if (parameter.name === '__namedParameters') parameter.name = 'options';
  const { comment } = signature;
  const tag = comment?.getTag('@defaultValue');
  if (!comment || !tag) return;
  /** @type {Map<string, import('typedoc').Reflection>} */
  const named = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  for (const { type } of parameters)
    if (type?.type === 'reflection')
      for (const child of type.declaration.children ?? []) named.set(child.name, child);
  const text = tag.content
    .map(({ text }) => text)
    .join('')
    .replace(/^```ts\n|\n```$/g, '');
  const rest = text.split(/, (?=\w+ = )/).filter((entry) => {
    const [name, value] = entry.split(/ = (.*)/s);
    const owner = named.get(name);
    if (!owner) return true;
    owner.comment ??= new Comment();
    if (!/\bdefault/i.test(Comment.combineDisplayParts(owner.comment.summary)))
      owner.comment.summary.push({
        kind: 'text',
        text: `${owner.comment.summary.length ? ' ' : ''}Default \`${value}\`.`,
      });
    return false;
  });
  comment.removeTags('@defaultValue');
  if (rest.length > 0)
    comment.blockTags.push(
      new CommentTag('@defaultValue', [{ kind: 'text', text: `\`${rest.join('`, `')}\`` }]),
    );
}

/** Headings that the plugin puts into every member, and that would crowd the outline of a page. */
const small =
  /^#{3,6} (Accessors|Constructors?|Extended by|Extends|Implements|Indexable|Methods|Parameters|Properties|Type Parameters)$/gm;

/**
 * A room's page, and the anchors of its types by their names.
 * @param {string} folder where TypeDoc has written
 * @param {Room} room
 */
function page(folder, { name }) {
  const text = readFileSync(join(folder, `${name}.md`), 'utf8')
    .replace(/<a id="[^"]*"><\/a> ?/g, '')
    .replace(/\[(`?[^\][`]*`?)\]\([\w.]*#property-[^)]*\)/g, '$1')
    .replace(/^\*\*\*\n\n/gm, '')
    .replace(/^#+ (Implementation of|Inherited from|Overrides)\n\n.*\n\n?/gm, '')
    .replace(/^#+ (Call|Get|Set) Signature\n\n/gm, '')
    .replace(/^#+ Type Declaration$/gm, '**Properties**')
    .replace(/^#+ (Returns|Throws)\n\n/gm, '**$1** ')
    .replace(/^#+ Default Value\n\n/gm, '**Defaults** ')
    .replace(small, '**$1**')
    .replace(/\{(\w*Error)\}/g, '`$1`')
    .replace(/^## Type Aliases$/m, '## Types')
    .replace(/[ \t]+$/gm, '')
    .trim();
  const [about, ...sections] = text.split(/\n\n(?=## )/);
  const places = memberAnchors(sections.join('\n'));
  /** @type {Map<string, string>} */
  const types = new Map();
  const names = sections.map((section) => {
    const [kind, ...headings] = [...section.matchAll(/^###? (.*)$/gm)].map(([, heading]) => heading);
    const links = headings.map((heading) => {
      const place = places.get(`${kind} ${heading}`) ?? '';
      const own = heading.replace('()', '');
      if (!['Functions', 'Variables'].includes(kind)) types.set(own, place);
      return `[${own}](#${place})`;
    });
    return `- ${kind}: ${links.join(', ')}`;
  });
  const from =
    name === 'serve'
      ? "`import { serve } from 'solireward';`"
      : `\`sr.${name}\` of \`import * as sr from 'solireward';\``;
  const guides = guidesOf(name);
  const more = guides.length > 0 ? `\n\nHow it is used: ${guides.join(', ')}.` : '';
  return {
    types,
    text: `# ${name}\n\n${about} ${from}${more}\n\n${names.join('\n')}\n\n${sections.join('\n\n')}\n`,
  };
}

/**
 * Leads links of types to the types: on a page whose function has the same name, the plugin's lead to the function.
 * @param {string} own file name of the page
 * @param {string} text
 * @param {(file: string) => ReadonlyMap<string, string> | undefined} typesOf the types of a page, by their names
 */
const withTypeLinks = (own, text, typesOf) =>
  text.replace(/\[`(\w+)`\]\((\w+\.md)?#[\w-]+\)/g, (link, name, file) => {
    const place = typesOf(file ?? own)?.get(name);
    return place ? `[\`${name}\`](${file ?? ''}#${place})` : link;
  });

/**
 * The anchors of the members of a page, by section and heading.
 * @param {string} text
 */
function memberAnchors(text) {
  /** @type {Map<string, string>} */
  const found = new Map();
  let section = '';
  for (const { level, heading, anchor } of anchors(text)) {
    if (level === 2) section = heading;
    if (level === 3) found.set(`${section} ${heading}`, anchor);
  }
  return found;
}

/**
 * Links to the pages of docs/ that link to a room's.
 * @param {string} name of the room
 */
function guidesOf(name) {
  const docs = inClone('docs');
  return readdirSync(docs)
    .filter((file) => file.endsWith('.md') && file !== 'README.md')
    .sort()
    .flatMap((file) => {
      const text = readFileSync(join(docs, file), 'utf8');
      if (!text.includes(`](api/${name}.md)`)) return [];
      const [, title] = /^# (.*)$/m.exec(text) ?? [];
      return [`[${title}](../${file})`];
    });
}

/**
 * The page that leads to the others.
 * @param {Room[]} places
 */
function contents(places) {
  const lines = places.map(({ name, about }) => `| [${name}](${name}.md) | ${about} |`);
  return `# API reference

Every public name of \`import * as sr from 'solireward';\`, a page for each room, in the order of the work: \`sr.data.readVotes\` is on the page of
[data](data.md). \`npm run docs\` writes these pages from the comments in \`src/\`, which editors and notebooks show too. How the rooms
are used together is in [the pages of the method](../README.md).

| room | what it has |
| --- | --- |
${lines.join('\n')}

A type that a signature names without a link is a part of a model or of a figure, or another package's: \`ColumnTable\` is arquero's,
\`Tensor1D\` and the like are TensorFlow.js's.
`;
}
