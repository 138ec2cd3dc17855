import type { ActiveState } from '../plan/world.ts';
import type { Installed } from '../pool/installed.ts';
import { isRouted } from '../pool/route.ts';

/** A stopped nginx is no error of a publish, which it will read when it starts; but somebody should start it. */
export function nginxProblems({ pools }: Installed, state: ActiveState | null): string[] {
  const isFine = state === null || state === 'active' || state === 'reloading' || state === 'activating';
  if (isFine || !pools.some(({ pool }) => isRouted(pool))) return [];
  return [
    `nginx.service is ${state}, so that no request arrives: systemctl start nginx (journalctl -u nginx)`,
  ];
}
