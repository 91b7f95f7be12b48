import { Inject, Injectable, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { AssetStore } from '#libs/assets';
import { EngagementStore, MailedLinks, PublicFiles } from '#libs/engagement';
import { Database, Links, Secrets, type Clock, type Log, type Settings } from '#libs/kernel';
import { FilesController } from './files.controller.js';
import { HealthController } from './health.controller.js';
import { PreferencesController } from './preferences.controller.js';
import { UniformAnswers } from './uniform-answers.js';
import { UnsubscribeController } from './unsubscribe.controller.js';

export interface NewsroomParts {
  readonly settings: Settings;
  /** Opened with the role dateline_newsroom, which sees only what has lifted; closed when the newsroom closes. */
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
}

@Injectable()
class LastOut implements OnApplicationShutdown {
  constructor(@Inject(Database) private readonly db: Database) {}

  async onApplicationShutdown(): Promise<void> {
    await this.db.close();
  }
}

@Module({})
export class NewsroomModule {
  static with({ settings, db, clock, log }: NewsroomParts): DynamicModule {
    const links = new Links(Secrets.from(settings));
    return {
      module: NewsroomModule,
      controllers: [FilesController, UnsubscribeController, PreferencesController, HealthController],
      providers: [
        { provide: Database, useValue: db },
        { provide: AssetStore, useValue: AssetStore.from(settings) },
        { provide: PublicFiles, useValue: new PublicFiles(db) },
        { provide: MailedLinks, useValue: new MailedLinks(new EngagementStore(db), links, clock) },
        { provide: UniformAnswers, useValue: new UniformAnswers(clock, log) },
        LastOut,
      ],
    };
  }
}
