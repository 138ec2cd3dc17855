/** A pool of search workers that sleeps after three seconds. `listen`: its lines of [Pool]. */
export const sleeper = (location: string, listen: string): string => `[Pool]
Exec=/srv/services/search ${listen.startsWith('Ports=') ? '%i' : '$SOCKET'}
${listen}
Min=0
Max=3
[Scale]
CPU=none
Concurrency=2
IdleTimeout=3s
Window=2s
[Nginx]
Location=${location}
`;
