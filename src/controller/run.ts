import { Bus } from '../host/systemd/bus.ts';
import { Controller } from './controller.ts';
import { offer } from './dbus-service.ts';
import type { Logger } from './log.ts';
import { Loop } from './loop.ts';
import { awaitInstalled } from './store.ts';

/** Runs the controller until the bus connection is lost or a pass throws; systemd then restarts it. */
export async function runController(log: Logger): Promise<never> {
  const bus = await Bus.connect();
  const lost = bus.lost.then(error => {
    throw error;
  });
  return Promise.race([control(bus, log), lost]);
}

async function control(bus: Bus, log: Logger): Promise<never> {
  const loop = new Loop();
  const controller = new Controller(bus, loop, await awaitInstalled(log), log);
  // take the bus name first: a second controller must not touch anything
  await offer(bus, controller);
  await controller.begin();
  log.info(`controlling ${controller.installed.pools.map(p => p.pool.name).join(', ') || 'no pools'}`);
  return loop.run(() => controller.reconcile());
}
