/**
 * What of the output is compared: all of it but empty lines and the space behind the name of a histogram, which versions
 * set otherwise, and times of day.
 */
export const comparable = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.replace(/^(@.*:) $/, '$1').replace(/\d\d:\d\d:\d\d(\.\d+)?/g, 'hh:mm:ss'))
    .filter((line) => line.trim() !== '')
    .join('\n');

/** The kinds of lines, without their numbers and names: what two runs of the same program on a live host have in common. */
export const shape = (text: string): ReadonlySet<string> =>
  new Set(
    comparable(text)
      .split('\n')
      .map((line) =>
        line
          .replace(/^ .*$/, 'frame')
          .replace(/\[[^\]{]*\]/g, '[k]')
          .replace(/0x[0-9a-f]+|-?\d+/g, 'n')
          .replace(/@+ *\|$/, '|')
          .replace(/ +/g, ' ')
          .replace(/\{("(min|max|count)": n(, )?)+\}(, )?/g, 'bucket')
          .replace(/(bucket)+/g, 'buckets')
          .replace(/"(\\.|[^"\\])*": (?=[n[])/g, '"k": ')
          .replace(/("k": (n|\[buckets\])(, )?)+/g, 'members'),
      ),
  );
