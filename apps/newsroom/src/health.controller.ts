import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { Response } from 'express';
import { Database } from '#libs/kernel';

/** For whoever starts and balances newsrooms. */
@Controller('health')
export class HealthController {
  constructor(@Inject(Database) private readonly db: Database) {}

  /** The process runs. */
  @Get('live')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** The database answers and is migrated; 503 otherwise. */
  @Get('ready')
  async ready(@Res() response: Response): Promise<void> {
    const up = await this.db
      .first(`select 1 as up from public_asset where false union all select 1`)
      .catch(() => undefined);
    response.status(up ? 200 : 503).json({ status: up ? 'ok' : 'not ready' });
  }
}
