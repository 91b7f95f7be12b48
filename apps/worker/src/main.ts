import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { armCrashPoint, openLog, Settings, systemClock } from '#libs/kernel';
import { requireSettings, startFailure } from '#libs/ops';
import { Worker } from './worker.js';
import { WorkerModule } from './worker.module.js';

async function main(): Promise<void> {
  const settings = Settings.from(process.env);
  requireSettings(settings, ['DATABASE_URL', 'SMTP_URL']);
  if (settings.isSet('DATELINE_CRASH')) armCrashPoint(settings.text('DATELINE_CRASH'));
  const log = openLog('worker', settings.text('LOG_LEVEL'));
  const worker = await Worker.start(settings, systemClock, log);
  const app = await NestFactory.create(WorkerModule.with(worker), { logger: ['error', 'warn'] });
  app.enableShutdownHooks();
  // started by another process of ours: leave when it is gone
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel?.unref();
  await app.listen(settings.number('WORKER_PORT'), '127.0.0.1');
  const { port } = (app.getHttpServer() as { address(): AddressInfo }).address();
  log.info({ worker: worker.name, port }, 'worker ready');
}

main().catch((error: unknown) => {
  process.stderr.write(startFailure('worker', error));
  process.exit(1);
});
