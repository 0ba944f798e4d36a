const kinds = [
  // The note that absl writes before its first line, and its lines with the mark of information:
  // I0000 00:00:1795444270.007672   32568 port.cc:153] …
  /WARNING: All log messages before absl::InitializeLog\(\) .*/,
  /I\d{4} \d\d:\d\d:[\d.]+ +\d+ [^\s:]+:\d+\] .*/,
  // WebGPU's Dawn where there is no Vulkan driver: the report of the engine says so in a few words.
  /Warning: vkCreateInstance.*(?:\n {4}at \w+ \(.*\.cpp:\d+\)\n*)?/,
];
const information = new RegExp(`^(?:${kinds.map(({ source }) => source).join('|')})\n`, 'gm');

/**
 * Parts what native code has written to stderr into what is for the user and what only informs. TensorFlow tells of
 * oneDNN while its library is loaded, before it has read its log level; in a notebook that would look like an error.
 * A line that comes in two pieces is shown: absl writes a line at once, so that is rare.
 */
export function splitLog(text: string): { shown: string; logged: string } {
  const logged = (text.match(information) ?? []).join('');
  return { shown: text.replace(information, ''), logged };
}
