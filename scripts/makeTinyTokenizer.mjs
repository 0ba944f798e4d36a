// Writes the tokenizer of the tutorial's tiny model to assets/tiny: one token a word of the generated world and
// of the short prompts, one a digit and a punctuation mark, the special tokens of InternVL; other words are <unk>.
// Run after a build: node scripts/makeTinyTokenizer.mjs [folder]

import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { vocabulary as worldWords } from '../dist/src/data/world/prompt.js';
import { dimensionPrompts } from '../dist/src/model/input/prompt.js';

const folder = resolve(process.argv[2] ?? fileURLToPath(new URL('../assets/tiny', import.meta.url)));

const special = ['<|endoftext|>', '<unk>', '<|im_start|>', '<|im_end|>', '<img>', '</img>', '<IMG_CONTEXT>'];
const marks = [...'.,:;?!-()\'"/%'];
const digits = [...'0123456789'];
const pattern = '\\p{L}+|\\p{N}|[^\\s\\p{L}\\p{N}]';

const prompts = ['physics', 'deformity', 'alignment'].map(dimensionPrompts);
const promptWords = prompts.flatMap(({ system, user }) =>
  [...`${system} ${user.replace('{prompt}', '')}`.matchAll(/[a-z]+/gi)].map(([word]) => word),
);
const words = ['good', 'bad', 'system', 'user', 'assistant', 'frame', ...promptWords, ...worldWords];
const lowerCase = [...new Set(words.map((word) => word.toLowerCase()))].sort();

const vocabulary = [...special, ...marks, ...digits, ...lowerCase];
const flags = { lstrip: false, normalized: false, rstrip: false, single_word: false, special: true };

const tokenizer = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: special.map((content, id) => ({ id, content, ...flags })),
  normalizer: { type: 'Lowercase' },
  pre_tokenizer: { type: 'Split', pattern: { Regex: pattern }, behavior: 'Removed', invert: true },
  post_processor: null,
  decoder: null,
  model: {
    type: 'WordLevel',
    vocab: Object.fromEntries(vocabulary.map((token, id) => [token, id])),
    unk_token: '<unk>',
  },
};

const config = {
  added_tokens_decoder: Object.fromEntries(special.map((content, id) => [id, { content, ...flags }])),
  bos_token: null,
  chat_template:
    "{%- if messages[0]['role'] != 'system' -%}{{- '<|im_start|>system\\nYou are Qwen, created by Alibaba Cloud. " +
    "You are a helpful assistant.<|im_end|>\\n' -}}{%- endif -%}{%- for m in messages -%}{{- '<|im_start|>' + " +
    "m['role'] + '\\n' + m['content'] + '<|im_end|>\\n' -}}{%- endfor -%}{%- if add_generation_prompt -%}" +
    "{{- '<|im_start|>assistant\\n' -}}{%- endif -%}",
  clean_up_tokenization_spaces: false,
  eos_token: '<|im_end|>',
  model_max_length: 1024,
  pad_token: '<|endoftext|>',
  tokenizer_class: 'PreTrainedTokenizerFast',
  unk_token: '<unk>',
};

const files = {
  'tokenizer.json': tokenizer,
  'tokenizer_config.json': config,
  'special_tokens_map.json': { eos_token: '<|im_end|>', pad_token: '<|endoftext|>', unk_token: '<unk>' },
};
mkdirSync(folder, { recursive: true });
for (const [name, value] of Object.entries(files)) {
  writeFileSync(join(folder, name), `${JSON.stringify(value, null, 2)}\n`);
}
console.log(`${folder}: ${vocabulary.length} tokens`);
