/** Qwen2's rule of where a text may be cut into tokens: contractions, words, single digits, marks, spaces. */
const words =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|" +
  '\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';

/**
 * The `tokenizer.json` of a Qwen2 tokenizer (byte-level BPE) that is given by the older files, as some
 * checkpoints carry only those.
 * @param vocabJson text of `vocab.json`: token to id.
 * @param mergesTxt text of `merges.txt`: one merge a line, most frequent first.
 */
export function qwenTokenizer(vocabJson: string, mergesTxt: string): object {
  const merges = mergesTxt.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#version'));
  return {
    added_tokens: [],
    normalizer: { type: 'NFC' },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: words }, behavior: 'Isolated', invert: false },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
    post_processor: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: false, use_regex: true },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: { type: 'BPE', vocab: JSON.parse(vocabJson), merges, unk_token: null },
  };
}
