import type { Directive, Pool } from '../../model/pool.ts';
import { wordsOf } from '../ownership/words.ts';

/** `DB_PASSWORD`, `API_KEYS`, `SECRET_KEY_BASE`, `apikey`; not `KEYBOARD`. */
const SECRET_NAME = /PASSWORD|PASSWD|SECRET|TOKEN|KEYS?(_|$)/i;
/** Names and values that only say where a secret is. */
const PLACE_NAME = /_(FILE|PATH|DIR)$/i;
const PLACE = /^(\/|%d)/;

/** Whether a variable only says where something is. */
export const isPlace = (name: string, value: string): boolean => PLACE_NAME.test(name) || PLACE.test(value);

/** The variables of a line of Environment= that look like secrets. */
const secretsOf = (value: string): string[] =>
  wordsOf(value).flatMap(word => {
    const [, name = '', text = ''] = /^([^=]*)=(.*)$/s.exec(word) ?? [];
    const isSecret = SECRET_NAME.test(name) && text !== '' && !isPlace(name, text);
    return isSecret ? [name] : [];
  });

function warningOf({ key, value }: Directive): string | null {
  if (key === 'SetCredential' && value !== '')
    return `SetCredential= shows ${value.split(':')[0]} to every user, on systemd's bus: use LoadCredential= or SetCredentialEncrypted=`;
  const names = key === 'Environment' ? secretsOf(value) : [];
  return names.length > 0
    ? `Environment= shows ${names.join(', ')} to every user, by systemctl show: use EnvironmentFile= or LoadCredential=`
    : null;
}

/** Warnings about secrets that systemd shows to everybody, whoever may read the pool file. They do not quote them. */
export const exposedSecrets = ({ service }: Pick<Pool, 'service'>): { line: number; message: string }[] =>
  service.flatMap(directive => {
    const message = warningOf(directive);
    return message === null ? [] : [{ line: directive.line, message }];
  });
