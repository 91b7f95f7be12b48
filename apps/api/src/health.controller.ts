import { Controller, Get, Inject } from '@nestjs/common';
import { HealthCheck, HealthCheckService, HealthIndicatorService, type HealthCheckResult } from '@nestjs/terminus';
import { Database } from '#libs/kernel';
import { QueueProbe } from './queue-probe.js';

/** For whoever starts and balances APIs. */
@Controller('health')
export class HealthController {
  constructor(
    @Inject(HealthCheckService) private readonly checks: HealthCheckService,
    @Inject(HealthIndicatorService) private readonly indicators: HealthIndicatorService,
    @Inject(Database) private readonly db: Database,
    @Inject(QueueProbe) private readonly queue: QueueProbe,
  ) {}

  /** The process runs. */
  @Get('live')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** Database and queue answer; 503 with the one that does not. */
  @Get('ready')
  @HealthCheck()
  ready(): Promise<HealthCheckResult> {
    return this.checks.check([
      () => this.answers('database', () => this.db.first('select from organisation limit 0')),
      () => this.answers('queue', () => this.queue.ask()),
    ]);
  }

  private async answers<Name extends string>(name: Name, ask: () => Promise<unknown>) {
    const indicator = this.indicators.check(name);
    return ask().then(
      () => indicator.up(),
      () => indicator.down('does not answer'),
    );
  }
}
