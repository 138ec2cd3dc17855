import { Bus } from '../host/systemd/bus.ts';
import { Watchdog } from '../host/systemd/watchdog.ts';
import { Controller } from './controller.ts';
import { offer } from './dbus-service.ts';
import type { Logger } from './log.ts';
import { Loop } from './loop.ts';
import { awaitInstalled } from './store.ts';

/** A connection to the bus; when it is lost the controller exits, and systemd restarts it. */
async function connect(): Promise<{ bus: Bus; lost: Promise<never> }> {
  const bus = await Bus.connect();
  const lost = bus.lost.then(error => {
    throw error;
  });
  return { bus, lost };
}

/**
 * Runs the controller until the bus is lost or a pass throws; systemd then restarts it. Supervision has a connection of
 * its own, so that clients' requests cannot delay systemd's signals.
 */
export async function runController(log: Logger): Promise<never> {
  const [supervision, service] = [await connect(), await connect()];
  return Promise.race([control(supervision.bus, service.bus, log), supervision.lost, service.lost]);
}

async function control(supervision: Bus, service: Bus, log: Logger): Promise<never> {
  const [loop, watchdog] = [new Loop(), new Watchdog()];
  const controller = new Controller(supervision, loop, await awaitInstalled(log), log);
  // take the bus name first: a second controller must not touch anything
  await offer(service, controller);
  await controller.begin();
  log.info(`controlling ${controller.installed.pools.map(p => p.pool.name).join(', ') || 'no pools'}`);
  return loop.run(async () => {
    const next = await controller.reconcile();
    watchdog.beat();
    return next;
  });
}
