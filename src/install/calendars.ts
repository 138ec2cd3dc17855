import { calendarError } from '../host/calendar.ts';
import type { Fleet, Source } from '../pool/fleet.ts';
import type { Pool } from '../pool/pool.ts';
import { poolNameOf } from '../pool/pool-file.ts';
import type { Problem } from '../pool/result.ts';

async function wrongEvents(file: string, { schedules }: Pool): Promise<Problem[]> {
  const found = await Promise.all(
    schedules.map(async ({ onCalendar, line }) => {
      const error = await calendarError(onCalendar);
      const message = `OnCalendar=${onCalendar} is no calendar event: see systemd.time(7), and try systemd-analyze calendar`;
      return error === null ? [] : [{ file, line, message }];
    }),
  );
  return found.flat();
}

/** Has systemd itself read the calendar events; a pool with a wrong one is left out. */
export async function checkCalendars(fleet: Fleet, sources: readonly Source[]): Promise<Fleet> {
  const files = new Map(sources.map(({ file }) => [poolNameOf(file), file]));
  const wrong = await Promise.all(fleet.pools.map(pool => wrongEvents(files.get(pool.name) ?? '', pool)));
  return {
    ...fleet,
    pools: fleet.pools.filter((_, i) => wrong[i]?.length === 0),
    problems: [...fleet.problems, ...wrong.flat()],
  };
}
