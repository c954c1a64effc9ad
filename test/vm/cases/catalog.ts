import type { Case } from '../case.ts';

/** Every query of the catalog that this kernel can run: name, tab, query with its newlines escaped. */
const LIST = String.raw`bpfscope catalog --json | awk '
/^    "name": /        { name = $0; sub(/^[^:]*: "/, "", name); sub(/",?$/, "", name); query = "" }
/^    "query": "/      { query = $0; sub(/^[^:]*: "/, "", query); sub(/",?$/, "", query); gsub(/\\"/, "\"", query) }
/^    "unavailable": null/ { if (query != "") print name "\t" query }'`;

export const catalog: readonly Case[] = [
  {
    id: 'catalog/every-query-attaches',
    command: String.raw`${LIST} > /tmp/catalog; n=0
while IFS="$(printf '\t')" read -r name query; do
  printf '%b' "$query" > /tmp/query.bt
  out=$(timeout 60 bpfscope run -q -c /bin/true /tmp/query.bt 2>&1) && n=$((n + 1)) || { echo "FAILED $name"; echo "$out"; }
done < /tmp/catalog
echo "attached $n of $(wc -l < /tmp/catalog)"`,
    expect: [/attached [1-9]\d+ of/],
    reject: ['FAILED'],
    slow: true,
    timeout: 900,
  },
];
