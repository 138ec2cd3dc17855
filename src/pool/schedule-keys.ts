import { derived, required } from './key.ts';
import { kinds } from './kinds.ts';

/** [Schedule NAME]: other bounds at some times. */
export const scheduleKeys = {
  OnCalendar: required(
    kinds.calendar,
    'When it begins: a calendar event of systemd.time(7), in local time.',
    'Mon..Fri 08:00',
  ),
  Duration: required(kinds.positiveDuration, 'How long it then lasts.', '10h'),
  Min: derived(kinds.countOrNever, 'as in [Pool]', 'The smallest number of instances meanwhile.', '4'),
  Max: derived(kinds.count, 'as in [Pool]', 'The largest number of instances meanwhile.', '8'),
};
