import { Bus } from '../host/systemd/bus.ts';
import { Watchdog } from '../host/systemd/watchdog.ts';
import { Controller } from './controller.ts';
import { offer } from './dbus-service.ts';
import type { Log } from './log.ts';
import { Loop } from './loop.ts';
import { awaitInstalled } from './store.ts';

/** A connection whose loss ends the controller: systemd starts it anew. */
async function connect(): Promise<{ bus: Bus; lost: Promise<never> }> {
  const bus = await Bus.connect();
  const lost = bus.lost.then(error => {
    throw error;
  });
  return { bus, lost };
}

/**
 * Runs the controller until the bus is lost or something unforeseen happens; systemd then starts it anew. Supervision has a
 * connection of its own: what clients send must not hold up what systemd says.
 */
export async function runController(log: Log): Promise<never> {
  const [supervision, service] = [await connect(), await connect()];
  return Promise.race([control(supervision.bus, service.bus, log), supervision.lost, service.lost]);
}

async function control(supervision: Bus, service: Bus, log: Log): Promise<never> {
  const [loop, watchdog] = [new Loop(), new Watchdog()];
  const controller = new Controller(supervision, loop, await awaitInstalled(log), log);
  // first the name: a second controller must touch nothing
  await offer(service, controller);
  await controller.begin();
  log.info(`controlling ${controller.installed.pools.map(p => p.pool.name).join(', ') || 'no pools'}`);
  return loop.run(async () => {
    const next = await controller.reconcile();
    watchdog.beat();
    return next;
  });
}
