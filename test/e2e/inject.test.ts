import assert from 'node:assert/strict';
import fc from 'fast-check';
import { suite } from 'uvu';
import { paths } from '../../src/model/paths.ts';
import { type Taken, take } from '../render/inject/attack.ts';
import { holds } from '../render/inject/holds.ts';
import { HOSTILE } from '../render/inject/hostile.ts';
import { rendered } from '../render/inject/items.ts';
import { nameOf, TARGETS, type Target } from '../render/inject/targets.ts';
import { valuesNear } from '../render/inject/values.ts';
import { plainly, WAYS } from '../render/inject/way.ts';
import { machineFor } from './machine-for.ts';

const test = suite('e2e: hostile values in nginx');

/** nginx opens the files that these name: a missing file is an error. */
const OPENED = /^TLS(Certificate|Key|Authorities)$/;

/** Sections without effect on nginx's files: test/long/inject-*.test.ts checks that. */
const ELSEWHERE = /^(Health|Scale|Schedule.*|Service|Unit|Slice)$/;

const concerns = ({ section, key }: Target): boolean => !OPENED.test(key) && !ELSEWHERE.test(section);

type Texts = [path: string, text: string][];

interface Case {
  name: string;
  taken: Taken;
  texts: Texts;
}

const ofNginx = ({ pool, site }: Taken): Texts =>
  [...rendered(pool, site)].filter(([path]) => path.startsWith('/etc/nginx/'));

const valuesFor = (target: Target): string[] => [
  target.example,
  ...HOSTILE,
  ...HOSTILE.map(text => target.example + text),
  ...fc.sample(valuesNear(target.example), 8),
];

/** Every distinct set of nginx files that some value results in. */
function cases(): Case[] {
  const found = new Map<string, Case>();
  for (const target of TARGETS.filter(concerns))
    for (const [i, value] of valuesFor(target).entries()) {
      const taken = take(target, value, WAYS[i % WAYS.length] ?? plainly('tcp'));
      if (!taken) continue;
      const texts = ofNginx(taken);
      found.set(JSON.stringify(texts), { name: `${nameOf(target)} ${JSON.stringify(value)}`, taken, texts });
    }
  return [...found.values()];
}

interface Read {
  code: number;
  error: string;
  files: Texts;
}

const machine = machineFor(test, 'inject', async m => {
  const names = ['certificate', 'key', 'authorities'].map(name => `/qq/${name}`).join(' ');
  await m.run(`mkdir -p /qq /etc/nginx/cgipool; openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=qq \
    -keyout /qq/key -out /qq/certificate 2>&1; cp /qq/certificate /qq/authorities; ls ${names}`);
});

/**
 * nginx's errors about what cgipool does not check: whether there is such a directive, its arguments, and the variables in them, in
 * lower case.
 */
const judged = (line: string): RegExp => {
  const [name = ''] = line.split(' ', 1);
  const words = `unknown directive "${name}"|invalid number of arguments in "${name}" directive|invalid parameter "[^"]*"`;
  const variables = [...line.matchAll(/\$\{?(\w+)/g)].map(([, variable]) => variable);
  return new RegExp(
    `\\[emerg\\] [^:]*: ((${words}) in \\S+/locations|unknown "(${variables.join('|')})" variable)`,
    'i',
  );
};

/** Without a pool that needs it nothing includes access.conf. */
const isIncluded = ([path]: Texts[number], _: number, all: Texts): boolean =>
  path !== paths.access || all.some(([other]) => other === paths.traffic);

/** For Set= only: its directive does not take such arguments. */
const isJudged = ({ taken }: Case, { error }: Read): boolean =>
  taken.pool.nginx.set.some(line => line !== 'add_header X-Qq qqset' && judged(line).test(error));

test('nginx loads the files of each hostile value, and nginx -T shows only the intended directives', async () => {
  const m = await machine();
  const all = cases();
  await m.write('/run/cases.json', JSON.stringify(all.map(({ texts }) => texts)));
  await m.run('node test/e2e/programs/nginx-reads.mjs /run/cases.json /run/read.json');
  const read = JSON.parse(await m.run('cat /run/read.json')) as Read[];
  assert.equal(read.length, all.length);
  let refused = 0;
  for (const [i, one] of all.entries()) {
    const { code, error, files } = read[i] as Read;
    if (code !== 0 && isJudged(one, read[i] as Read)) refused++;
    else {
      assert.equal(code, 0, `${one.name}: ${error}`);
      const { file, text, pool, site } = one.taken;
      const shown = files.filter(([path]) => one.texts.some(([mine]) => mine === path));
      assert.equal(shown.length, one.texts.filter(isIncluded).length, one.name);
      holds(file, text, pool, site, new Map([...rendered(pool, site), ...shown]));
    }
  }
  console.log(`nginx read ${all.length} configurations, and refused ${refused} for the arguments of Set=`);
  assert.ok(all.length > 400 && refused < all.length / 10, `${all.length}, ${refused}`);
});

test.run();
