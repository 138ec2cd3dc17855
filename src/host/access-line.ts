/** One try of a request on one instance. */
export interface Attempt {
  /** `127.0.0.1:8000` or `unix:/run/...`, as nginx dials it. */
  endpoint: string;
  /** Null when there was no answer. */
  status: number | null;
  /** ms */
  took: number;
}

/** A request as nginx's log tells of it. */
export interface Access {
  attempts: Attempt[];
  method: string;
  /** As the client sent it; nginx escapes what is not printable. */
  uri: string;
}

/** Of each try, in this order, separated by tabs: the format in nginx/traffic.conf. The URI is last, since it may be cut. */
const FIELDS = 5;
/** nginx separates the tries of a request so, and groups of tries after an internal redirect. */
const TRIES = /, | : /;
const ENDPOINT = /^(?:127\.0\.0\.1:\d{1,5}|unix:\/run\/cgipool\/[a-z0-9/-]{1,60}(?:sock|\.wake))$/;

const seconds = (text: string | undefined): number => Math.round(Number(text) * 1000);

function attempts(addresses: string, statuses: string, times: string): Attempt[] | null {
  const [status, took] = [statuses.split(TRIES), times.split(TRIES)];
  const list = addresses.split(TRIES).map((endpoint, i) => ({
    endpoint,
    status: Number(status[i]) || null,
    took: seconds(took[i]) || 0,
  }));
  return list.every(({ endpoint }) => ENDPOINT.test(endpoint)) ? list : null;
}

/** Reads one datagram of nginx's syslog; null when it is none of ours, by its form or its tag. */
export function parseAccess(datagram: string, tag: string): Access | null {
  const [, said, text = ''] =
    /^<\d{1,3}>\w{3} [ \d]\d \d\d:\d\d:\d\d (\w{1,32}): (.*)$/s.exec(datagram) ?? [];
  if (said !== tag) return null;
  const fields = text.split('\t');
  const [addresses = '', statuses = '', times = '', method = '', uri = ''] = fields;
  const tries = fields.length === FIELDS ? attempts(addresses, statuses, times) : null;
  return tries && /^[A-Z]{1,20}$/.test(method) ? { attempts: tries, method, uri } : null;
}
