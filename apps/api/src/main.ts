import 'reflect-metadata';
import { openLog, Settings, systemClock } from '#libs/kernel';
import { openPatiently, requireSettings, startFailure } from '#libs/ops';
import { openApi } from './api.js';

async function main(): Promise<void> {
  const settings = Settings.from(process.env);
  requireSettings(settings, ['DATABASE_URL']);
  const log = openLog('api', settings.text('LOG_LEVEL'));
  const db = await openPatiently(
    { url: settings.text('DATABASE_URL'), role: 'dateline_app', applicationName: 'dateline api', poolSize: 12 },
    { clock: systemClock, log },
  );
  const app = await openApi({ settings, db });
  app.enableShutdownHooks();
  // started by another process of ours: leave when it is gone
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel?.unref();
  await app.listen(settings.number('API_PORT'), settings.text('LISTEN_HOST'));
  const { port } = app.getHttpServer().address() as { port: number };
  log.info({ port }, 'api listening');
}

main().catch((error: unknown) => {
  process.stderr.write(startFailure('api', error));
  process.exit(1);
});
