import { openWakeUps, Problem, type Settings } from '#libs/kernel';
import { fail, ok, type Finding } from './finding.js';

/** Whether wake-ups can be rung. Without a queue nothing is lost: the ticker works by itself, a second slower. */
export async function checkQueue(settings: Settings): Promise<Finding[]> {
  const redisUrl = settings.text('REDIS_URL');
  const where = redisUrl ? 'Redis' : 'PostgreSQL';
  try {
    const wakeUps = await openWakeUps({ databaseUrl: settings.text('DATABASE_URL'), redisUrl });
    try {
      const counts = Object.entries(await wakeUps.counts()).map(
        ([kind, { waiting, active, delayed }]) => `${kind} ${waiting} waiting, ${active} active, ${delayed} delayed`,
      );
      const policy = redisUrl ? ', and keeps what it is given (noeviction)' : '';
      return [ok('queue.reachable', `The wake-up queue on ${where} answers${policy}: ${counts.join('; ')}.`)];
    } finally {
      await wakeUps.close();
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return [fail('queue.reachable', error.message, error.remedy)];
  }
}
