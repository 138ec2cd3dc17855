import { Bus } from '../host/systemd/bus.ts';
import { Controller } from './controller.ts';
import { offer } from './dbus-service.ts';
import type { Log } from './log.ts';
import { Loop } from './loop.ts';
import { awaitInstalled } from './store.ts';

/** Runs the controller until the bus is lost or something unforeseen happens; systemd then starts it anew. */
export async function runController(log: Log): Promise<never> {
  const bus = await Bus.connect();
  const lost = bus.lost.then(error => {
    throw error;
  });
  return Promise.race([control(bus, log), lost]);
}

async function control(bus: Bus, log: Log): Promise<never> {
  const loop = new Loop();
  const controller = new Controller(bus, loop, await awaitInstalled(log), log);
  // first the name: a second controller must touch nothing
  await offer(bus, controller);
  await controller.begin();
  log.info(`controlling ${controller.installed.pools.map(p => p.pool.name).join(', ') || 'no pools'}`);
  return loop.run(() => controller.reconcile());
}
