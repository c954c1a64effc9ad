/** A map in bpftrace's text form. */
import { histogramText } from './histogram-text.ts';
import type { MapView, ViewValue } from './map-view.ts';
import { seriesText } from './series-text.ts';
import { datumText, keyText } from './text.ts';

export function mapText(view: MapView): string {
  return view.entries
    .map(({ key, value }) => `${view.name}${view.scalar ? '' : `[${keyText(key)}]`}:${valueText(value)}\n`)
    .join('');
}

/** Values of one line follow the name; histograms and series start on the next line and end with an empty one. */
function valueText(value: ViewValue): string {
  switch (value.kind) {
    case 'datum':
      return ` ${datumText(value.datum)}`;
    case 'histogram':
      return `\n${histogramText(value.histogram, value.counts, value.div)}`;
    case 'series':
      return `\n${seriesText(value.points, value.intervalNs)}`;
  }
}
