import { describe, expect, it } from 'vitest';
import { functionList } from './function-list.ts';
import { whereItWent } from './moved.ts';

const FUNCTIONS = [
  'finish_task_switch.isra.0',
  'lookup_fast',
  'kmem_cache_alloc_noprof',
  'migrate_misplaced_folio',
  '__blk_account_io_start',
  'tcp_sendmsg',
  'nf:nft_do_chain',
];
const hint = (name: string) => whereItWent(name, functionList(FUNCTIONS));

describe('where a function went', () => {
  it.each([
    ['finish_task_switch', 'The compiler made finish_task_switch.isra.0 of it.'],
    ['lookup_fast.constprop.0', 'This kernel has it as lookup_fast.'],
    ['finish_task_switch.constprop.1', 'The compiler made finish_task_switch.isra.0 of it.'],
    ['kmem_cache_alloc', 'Did you mean kmem_cache_alloc_noprof?'],
    ['migrate_misplaced_page', 'Did you mean migrate_misplaced_folio?'],
    ['blk_account_io_start', 'Did you mean __blk_account_io_start?'],
    ['tcp_sendmgs', 'Did you mean tcp_sendmsg?'],
    ['ieee80211_request_scan', undefined],
  ])('%s', (name, expected) => expect(hint(name)).toBe(expected));
});
