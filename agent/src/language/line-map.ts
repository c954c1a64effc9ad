/** A place in a text as people and editors count: both from 1, columns in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Offsets to lines and columns and back; built once per text, look-ups are binary searches. */
export class LineMap {
  readonly source: string;
  private readonly starts: readonly number[];

  constructor(source: string) {
    const starts = [0];
    for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) starts.push(at + 1);
    this.source = source;
    this.starts = starts;
  }

  get lineCount(): number {
    return this.starts.length;
  }

  position(offset: number): Position {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.starts[low] ?? 0) + 1 };
  }

  /** Clamped to the text: an editor may ask for a column behind the end of a line. */
  offset(position: Position): number {
    const line = Math.min(Math.max(position.line, 1), this.starts.length);
    const start = this.starts[line - 1] ?? 0;
    return Math.min(start + Math.max(position.column - 1, 0), this.lineEnd(line));
  }

  /** The text of a line, without its newline. */
  line(number: number): string {
    return this.source.slice(this.starts[number - 1] ?? 0, this.lineEnd(number));
  }

  private lineEnd(number: number): number {
    const next = this.starts[number];
    if (next === undefined) return this.source.length;
    return this.source[next - 2] === '\r' ? next - 2 : next - 1;
  }
}
