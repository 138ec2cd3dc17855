import type { Pool } from '../../../src/model/pool.ts';
import type { Site } from '../../../src/model/site.ts';
import { renderLive } from '../../../src/render/live.ts';
import { assets, machineTexts } from '../given.ts';
import { type Directive, readNginx } from '../nginx-reader.ts';
import { readUnit } from '../unit-reader.ts';

/** One directive: section, key and value in a unit; depth and words in nginx's files; else a line. */
export type Item = readonly string[];

const machine = { ipv6: true, node: '/usr/bin/node', program: '/p', tag: 'cgipool_0' };

/** Every file generated from a pool and a site, by path. */
export function rendered(pool: Pool, site: Site): Map<string, string> {
  const texts = machineTexts({ site, pools: [pool], assets, machine });
  // with the wake socket, which only pools with Min=0 have
  const sent = { live: { [pool.name]: [0, ...pool.slots] }, weights: {} };
  return new Map([...texts, ...renderLive(site, [pool], sent, 7, assets)]);
}

const flat = (tree: readonly Directive[], depth = 0): Item[] =>
  tree.flatMap(([words, block]) => [
    [String(depth), ...words, ...(block ? ['{'] : [])],
    ...flat(block ?? [], depth + 1),
  ]);

function readers(path: string): (text: string) => Item[] {
  if (path.startsWith('/etc/systemd/')) return readUnit;
  if (path.startsWith('/etc/nginx/')) return text => flat(readNginx(text));
  return text => text.split('\n').map(line => [line]);
}

const known = new Map<string, readonly Item[]>();

/** A file's content, by the independent readers. Cached, as most texts recur. */
export function itemsOf(path: string, text: string): readonly Item[] {
  const found = known.get(text);
  if (found) return found;
  if (known.size > 500) known.clear();
  const items = readers(path)(text);
  known.set(text, items);
  return items;
}
