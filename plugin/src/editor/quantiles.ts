/** Quantiles as people write them: per cent, with commas or spaces between. */
export function quantilesText(quantiles: readonly number[]): string {
  return quantiles.map((quantile) => String(Number((quantile * 100).toFixed(6)))).join(', ');
}

/** Quantiles from 0 to 1; undefined when any part is no per cent value. */
export function parseQuantiles(text: string): number[] | undefined {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== '');
  const values = parts.map((part) => Number(part.replace(/^p|%$/g, '')) / 100);
  const valid = values.length > 0 && values.every((value) => value >= 0 && value <= 1);
  return valid ? values.map((value) => Number(value.toFixed(8))) : undefined;
}
