/** What the model is asked about a clip. In `user`, `{prompt}` stands for the clip's text prompt. */
export interface Prompts {
  /** Instructions; without them the base model's own default is used. */
  system?: string;
  /** The question, with `{prompt}` in it. */
  user: string;
}

/** A run of the token sequence: plain text, or one special token some times over. */
export type Piece = string | { token: string; times: number };

const imageStart = '<img>';
const imageEnd = '</img>';
/** InternVL's placeholder whose embeddings the visual tokens replace. */
export const imageContext = '<IMG_CONTEXT>';

const visionStart = '<|vision_start|>';
const visionEnd = '<|vision_end|>';
/** Qwen-VL's placeholder whose embeddings the visual tokens replace. */
export const videoPad = '<|video_pad|>';

/** The system text of the chat templates when a conversation brings none. */
const defaultSystem = {
  internvl: 'You are Qwen, created by Alibaba Cloud. You are a helpful assistant.',
  qwen: 'You are a helpful assistant.',
};

/** The system prompt of the published models, around its numbered questions. */
const officialSystem = (questions: string) =>
  '你是一个专业的视频质量评估专家。请根据提供的视频内容，判断是否同时满足以下所有问题的合格标准：\n\n' +
  `${questions}\n\n` +
  '回答要求：\n' +
  '- 只有当所有问题的答案都是"合格"时，才输出：good\n' +
  '- 如果任何一个问题的答案是"部分合格"或"不合格"，则输出：bad\n' +
  '- 不要输出任何其他内容\n' +
  '- 答案要准确、客观\n';

/** Prompts of the published models by task type. Source: official implementation, inference defaults. */
const official: Record<string, Prompts> = {
  text_alignment: {
    system: officialSystem('1. 视频是否符合prompt的语义？'),
    user: '生成视频的文本提示词是: {prompt}。根据该提示词生成的视频为：',
  },
  phy_deform: {
    system: officialSystem('1. 物理规律是否合格？\n2. 是否存在人物或动物畸形？'),
    user: '请评估以下视频：',
  },
};

/** Short English prompts by dimension of the generated world, for the tutorial's tiny model. */
const short: Record<string, Prompts> = {
  physics: { system: 'Answer good or bad.', user: 'Does the video obey the laws of physics?' },
  deformity: { system: 'Answer good or bad.', user: 'Does every object keep its shape?' },
  alignment: { system: 'Answer good or bad.', user: 'Does the video show {prompt}?' },
};

/**
 * The prompts that a published checkpoint was trained with.
 * @param task `text_alignment` (needs the clip's prompt) or `phy_deform`.
 * @throws RangeError for another task type.
 */
export function taskPrompts(task: string): Prompts {
  return { ...lookUp('taskPrompts', 'task type', official, task) };
}

/**
 * Short English prompts for one dimension of the generated world: `physics` and `deformity` do not show the
 * clip's prompt to the model, `alignment` does.
 * @throws RangeError for another dimension.
 */
export function dimensionPrompts(dimension: string): Prompts {
  return { ...lookUp('dimensionPrompts', 'dimension', short, dimension) };
}

function lookUp(operation: string, what: string, table: Record<string, Prompts>, key: string): Prompts {
  if (Object.hasOwn(table, key)) return table[key];
  throw new RangeError(`${operation}: unknown ${what} "${key}", expected ${Object.keys(table).join(', ')}`);
}

/**
 * The conversation about one clip for InternVL: ChatML with the system and the user message, open for the answer. The
 * user message ends with the frames, one line each:
 *
 *   Frame{i}: <img> <IMG_CONTEXT> x (tokens a tile x tiles of the frame) </img>
 *
 * All special tokens are pieces of their own, so text of the user that looks like one stays text.
 * Source: official implementation, InternVL text assembly.
 * @param clip its `prompt` takes the place of `{prompt}`.
 * @param tilesPerFrame number of tiles of each frame, in order.
 * @param tokensPerTile number of visual tokens of a tile.
 * @throws when the user prompt has `{prompt}` and the clip has no prompt.
 */
export function assemble(
  prompts: Prompts,
  clip: { id: string; prompt?: string },
  tilesPerFrame: readonly number[],
  tokensPerTile: number,
): Piece[] {
  const frames = tilesPerFrame.flatMap((tiles, i): Piece[] => [
    `Frame${i + 1}: `,
    { token: imageStart, times: 1 },
    { token: imageContext, times: tiles * tokensPerTile },
    { token: imageEnd, times: 1 },
    '\n',
  ]);
  return conversation(prompts, clip, frames, defaultSystem.internvl);
}

/**
 * The conversation about one clip for Qwen-VL, as `assemble`: the user message ends with the video,
 * `<|vision_start|> <|video_pad|> x (visual tokens) <|vision_end|>`.
 * Source: official implementation, Qwen chat template and processor.
 */
export function assembleVideo(
  prompts: Prompts,
  clip: { id: string; prompt?: string },
  visualTokens: number,
): Piece[] {
  const video = [
    { token: visionStart, times: 1 },
    { token: videoPad, times: visualTokens },
    { token: visionEnd, times: 1 },
  ];
  return conversation(prompts, clip, video, defaultSystem.qwen);
}

function conversation(
  prompts: Prompts,
  clip: { id: string; prompt?: string },
  video: Piece[],
  system: string,
): Piece[] {
  return [
    ...message('system', [prompts.system ?? system]),
    ...message('user', [userText(prompts.user, clip), ...video]),
    { token: '<|im_start|>', times: 1 },
    'assistant\n',
  ];
}

function message(role: string, content: Piece[]): Piece[] {
  return [
    { token: '<|im_start|>', times: 1 },
    `${role}\n`,
    ...content,
    { token: '<|im_end|>', times: 1 },
    '\n',
  ];
}

function userText(template: string, clip: { id: string; prompt?: string }): string {
  const parts = template.split('{prompt}');
  if (parts.length === 1) return template;
  if (typeof clip.prompt !== 'string') {
    throw new Error(
      `prompt: clip "${clip.id}" has no prompt, and this model is asked about it ("${template}"); ` +
        'give each clip its text prompt',
    );
  }
  return parts.join(clip.prompt);
}
