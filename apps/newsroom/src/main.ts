import 'reflect-metadata';
import { openLog, Settings, systemClock } from '#libs/kernel';
import { openPatiently, requireSettings, startFailure } from '#libs/ops';
import { openNewsroom } from './newsroom.js';

async function main(): Promise<void> {
  const settings = Settings.from(process.env);
  requireSettings(settings, ['DATABASE_URL']);
  const log = openLog('newsroom', settings.text('LOG_LEVEL'));
  const db = await openPatiently(
    {
      url: settings.text('DATABASE_URL'),
      role: 'dateline_newsroom',
      applicationName: 'dateline newsroom',
      poolSize: 12,
    },
    { clock: systemClock, log },
  );
  const app = await openNewsroom({ settings, db, clock: systemClock, log });
  app.enableShutdownHooks();
  // started by another process of ours: leave when it is gone
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel?.unref();
  await app.listen(settings.number('NEWSROOM_PORT'), settings.text('LISTEN_HOST'));
  const { port } = app.getHttpServer().address() as { port: number };
  log.info({ port }, 'newsroom listening');
}

main().catch((error: unknown) => {
  process.stderr.write(startFailure('newsroom', error));
  process.exit(1);
});
