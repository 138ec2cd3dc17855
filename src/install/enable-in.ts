import { paths } from '../model/paths.ts';
import { ENABLED } from './activate.ts';
import type { DesiredFiles } from './compare/desired-files.ts';
import type { Machine } from './machine.ts';

/** The units whose start a unit's [Install] section is for. */
const wantedBy = (text: string): string[] =>
  [...text.matchAll(/^WantedBy=(.*)$/gm)].flatMap(([, units = '']) => units.split(' '));

/** Enables our units in an image. `systemctl --root enable` would follow the image's links to this machine's own files. */
export async function enableIn(machine: Machine, wanted: DesiredFiles): Promise<void> {
  for (const unit of ENABLED) {
    const file = `${paths.units}/${unit}`;
    for (const target of wantedBy(wanted.get(file)?.text ?? ''))
      await machine.link(`${paths.units}/${target}.wants/${unit}`, file);
  }
}
