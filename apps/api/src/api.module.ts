import { Inject, Injectable, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { Database, type Settings } from '#libs/kernel';
import { HealthController } from './health.controller.js';
import { QueueProbe } from './queue-probe.js';
import { TimeController } from './time.controller.js';

export interface ApiParts {
  readonly settings: Settings;
  /** Opened with the role dateline_app; closed when the API closes. */
  readonly db: Database;
}

@Injectable()
class LastOut implements OnApplicationShutdown {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(QueueProbe) private readonly queue: QueueProbe,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await this.queue.close();
    await this.db.close();
  }
}

@Module({})
export class ApiModule {
  static with({ settings, db }: ApiParts): DynamicModule {
    const queue = { databaseUrl: settings.text('DATABASE_URL'), redisUrl: settings.text('REDIS_URL') };
    return {
      module: ApiModule,
      // a failed check is an answer, not an error of ours
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: [HealthController, TimeController],
      providers: [
        { provide: Database, useValue: db },
        { provide: QueueProbe, useValue: new QueueProbe(queue) },
        LastOut,
      ],
    };
  }
}
