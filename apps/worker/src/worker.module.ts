import {
  Controller,
  Get,
  Inject,
  Injectable,
  Module,
  ServiceUnavailableException,
  type DynamicModule,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Interval, ScheduleModule } from '@nestjs/schedule';
import { Worker } from './worker.js';

const TICK_MS = 1_000;

/** Rings the ticker every second; the worker itself sees to it that one holder ticks at a time. */
@Injectable()
export class Pulse implements OnApplicationShutdown {
  constructor(@Inject(Worker) private readonly worker: Worker) {}

  @Interval(TICK_MS)
  async beat(): Promise<void> {
    await this.worker.tick();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.worker.stop();
  }
}

@Controller('health')
export class WorkerHealthController {
  constructor(@Inject(Worker) private readonly worker: Worker) {}

  @Get('live')
  live(): { status: string } {
    return { status: 'ok' };
  }

  @Get('ready')
  async ready(): Promise<{ status: string }> {
    if (await this.worker.ready().catch(() => false)) return { status: 'ok' };
    throw new ServiceUnavailableException({
      status: 'not ready',
      reason: 'the database does not answer or the clocks disagree',
    });
  }
}

@Module({})
export class WorkerModule {
  static with(worker: Worker): DynamicModule {
    return {
      module: WorkerModule,
      imports: [ScheduleModule.forRoot()],
      controllers: [WorkerHealthController],
      providers: [{ provide: Worker, useValue: worker }, Pulse],
    };
  }
}
