import type { Pool } from '../../../src/model/pool.ts';
import type { Site } from '../../../src/model/site.ts';
import { poolOf, siteOf } from '../given.ts';
import { type Item, itemsOf, rendered } from './items.ts';
import { poolLines, siteLines, spell } from './lines.ts';
import { inPattern, type Own } from './own.ts';
import type { Shape } from './shape.ts';

/*
 * The intended content of the generated files: that of a harmless pool of the same shape, with its words replaced. So
 * this code knows no template, and a directive may only differ where a key owns it.
 */

const NOTHING = { section: '', key: '' };
const MARK = /qq|n=423;|11[0-9]{3}|22202ms|64k|\b979\b|10\.11\.12\.1[34]|127\.1\.1\./;

const bare = new Map<string, Map<string, { items: readonly Item[]; marked: boolean[] }>>();

/** The harmless files of a shape, parsed once. */
function harmless(shape: Shape): Map<string, { items: readonly Item[]; marked: boolean[] }> {
  const key = JSON.stringify(shape);
  const found = bare.get(key);
  if (found) return found;
  const pool: Pool = poolOf(spell(poolLines(shape), NOTHING), 'qqname');
  const site: Site = siteOf(spell(siteLines(shape), NOTHING));
  const read = new Map(
    [...rendered(pool, site)].map(([path, text]) => {
      const items = itemsOf(path, text);
      return [path, { items, marked: items.map(item => item.some(word => MARK.test(word))) }];
    }),
  );
  bare.set(key, read);
  return read;
}

/** Of the directives that tests put into [Service]: those that probe and metric units share. */
const TAKEN = ['User', 'Environment', 'UMask'];

function passedTo(path: string, section: string, { passed }: Own): Item[] {
  const isCommand = /\.(probe@|metric)\.service$/.test(path);
  const isMetric = path.endsWith('.metric.service');
  return passed.filter(
    ([where, key]) =>
      where === section && (!isCommand || (TAKEN.includes(key) && !(isMetric && key === 'UMask'))),
  );
}

const WORDS =
  /n=423;|\[\[11127,11127\]\]|cgipool-qqname\.slice|qqname|qqdescription|qqextension|\/qq\/\w+|qqgroup|\/qqlocation|\$arg_qqhash|\$remote_addr:qqhash|qqserver\.name|(?:11|22)\d{3}ms|11105|:11123|11131|11139|\b979\b|10\.11\.12\.14|64k|127\.1\.1\.\d:\d+/g;

const put = (word: string, { words }: Own): string =>
  word.replace(WORDS, mark => words.get(mark) ?? `no word for ${mark}`);

/** Marks that stand for several words of one directive. */
const LISTED = ['qqserver.name', '10.11.12.14'];

const fill = (item: Item, own: Own): Item =>
  item.flatMap(word => (LISTED.includes(word) ? put(word, own).split(' ') : [put(word, own)]));

const listOf = (item: Item, own: Own): string | undefined =>
  [...own.lists.keys()].find(mark => item.some(word => word.includes(mark)));

/** One directive for each element of a list; a listen may have several words. */
function each(item: Item, mark: string, own: Own): Item[] {
  return (own.lists.get(mark) ?? []).map(value => [
    ...item.flatMap(word => (word === mark ? value.split(' ') : [put(word.replace(mark, value), own)])),
    ...(item[1] === 'server' && own.spare.has(value) ? ['backup'] : []),
  ]);
}

/** The location is part of a regular expression. */
const isPattern = (item: Item): boolean =>
  item[1] === 'fastcgi_split_path_info' || item.includes('($fastcgi_script_name');

const escaped = (own: Own): Own => ({
  ...own,
  words: new Map([...own.words, ['/qqlocation', inPattern(own.words.get('/qqlocation') ?? '')]]),
});

/** Whether it blanks a header that a line of Set= sets instead. */
const isReplaced = ([, directive, name = '', value]: Item, { set }: Own): boolean =>
  value === '' &&
  set.some(
    ([other, header = '']) =>
      other === directive &&
      header.toLowerCase() === name.toLowerCase() &&
      (!name.startsWith('HTTP_') || header.startsWith('HTTP_')),
  );

const isOfSet = (item: Item | undefined): boolean => item?.[2] === 'X-Qq' && item.includes('qqset');

function meant(path: string, item: Item, own: Own): Item[] {
  const [section = '', , value] = item;
  if (['qqservice', 'qqunit', 'qqslice'].includes(value ?? '')) return passedTo(path, section, own);
  // answers without an instance have the headers alone
  if (isOfSet(item))
    return own.set
      .filter(([directive]) => section === '1' || directive === 'add_header')
      .map(words => [section, ...words]);
  if (isPattern(item)) return [fill(item, escaped(own))];
  // a redirect has one port, whatever the listens; a polkit rule has all slots on one line
  const isWhole = item.includes('return') || path.endsWith('.rules');
  const list = isWhole ? undefined : listOf(item, own);
  return list === undefined ? [fill(item, own)] : each(item, list, own);
}

const addsHeader = ({ set }: Own, name = /./): boolean =>
  set.some(([directive, header = '']) => directive === 'add_header' && name.test(header));

/** HSTS stands in a route only beside headers of Set=, and nowhere beside one of its own. */
const isNeedless = ([depth, , header]: Item, next: Item | undefined, own: Own): boolean =>
  header === 'Strict-Transport-Security' &&
  isOfSet(next) &&
  (addsHeader(own, /^strict-transport-security$/i) || (depth === '1' && !addsHeader(own)));

/** Names longer than 46 characters need a larger bucket: 18 bytes more, in multiples of 8, and a power of two. */
function bucket(path: string, { words }: Own): Item[] {
  const names = (words.get('qqserver.name') ?? '').split(' ');
  // gethostname(2): a machine's name has 64 characters at most
  const lengths = names.map(name => (name === '$hostname' ? 64 : name.length));
  const least = lengths.reduce((most, length) => Math.max(most, length), 0) + 18;
  const size = [128, 256, 512].find(each => each >= Math.ceil(least / 8) * 8) ?? 1024;
  return path.endsWith('conf.d/cgipool.conf') && least > 64
    ? [['0', 'server_names_hash_bucket_size', String(size)]]
    : [];
}

/** The bucket's size stands after the header of the whole server. */
const withBucket = (path: string, items: readonly Item[], own: Own): Item[] =>
  items.flatMap(item =>
    item[0] === '0' && item[2] === 'Strict-Transport-Security' ? [item, ...bucket(path, own)] : [item],
  );

/** The intended content of each file, by path. */
export function intended(shape: Shape, own: Own): Map<string, Item[]> {
  return new Map(
    [...harmless(shape)].map(([path, { items, marked }]) => [
      put(path, own),
      withBucket(
        path,
        items
          .flatMap((item, i) =>
            isNeedless(item, items[i + 1], own) ? [] : marked[i] ? meant(path, item, own) : [item],
          )
          .filter(item => !isReplaced(item, own)),
        own,
      ),
    ]),
  );
}
