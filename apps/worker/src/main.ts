import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { openLog, Problem, Settings, systemClock } from '#libs/kernel';
import { Worker } from './worker.js';
import { WorkerModule } from './worker.module.js';

async function main(): Promise<void> {
  const settings = Settings.from(process.env);
  const log = openLog('worker', settings.text('LOG_LEVEL'));
  for (const name of ['DATABASE_URL', 'SMTP_URL'] as const) {
    if (!settings.isSet(name)) {
      throw new Problem({
        code: 'settings.missing',
        field: name,
        message: `${name} is not set.`,
        remedy: 'Set it, or start everything with "npm start".',
      });
    }
  }
  const worker = await Worker.start(settings, systemClock, log);
  const app = await NestFactory.create(WorkerModule.with(worker), { logger: ['error', 'warn'] });
  app.enableShutdownHooks();
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel?.unref();
  const server = await app.listen(settings.number('WORKER_PORT'), '127.0.0.1');
  log.info({ worker: worker.name, port: (server as { address(): { port: number } }).address().port }, 'worker ready');
}

main().catch((error: unknown) => {
  const says =
    error instanceof Problem
      ? `${error.message} ${error.remedy}`
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error);
  process.stderr.write(`dateline worker: ${says}\n`);
  process.exit(1);
});
