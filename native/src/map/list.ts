import { objectIds, openById, readObjectInfo } from '../sys/object-info.ts';
import { MAP_INFO } from './layouts.ts';

export interface MapInfo {
  readonly id: number;
  readonly name: string;
  /** BPF_MAP_TYPE_* */
  readonly type: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
}

/** Every map on this host, whoever made it. Linux 4.13. */
export const listMaps = (): MapInfo[] => {
  const maps: MapInfo[] = [];
  for (const id of objectIds('BPF_MAP_GET_NEXT_ID')) {
    const fd = openById('BPF_MAP_GET_FD_BY_ID', id, `map ${id}`);
    if (fd === null) continue;
    try {
      const info = new Uint8Array(MAP_INFO.size);
      readObjectInfo(fd, info);
      maps.push({
        id,
        name: MAP_INFO.text(info, 'name'),
        type: MAP_INFO.number(info, 'type'),
        keySize: MAP_INFO.number(info, 'key_size'),
        valueSize: MAP_INFO.number(info, 'value_size'),
        maxEntries: MAP_INFO.number(info, 'max_entries'),
        flags: MAP_INFO.number(info, 'map_flags'),
      });
    } finally {
      fd.close();
    }
  }
  return maps;
};
