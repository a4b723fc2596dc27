import type { z } from 'zod';
import type { DecommissionView } from './decommissions.api.ts';
import type { Decommission } from './decommissions.db.ts';

export const decommissionView = (wish: Decommission): z.input<typeof DecommissionView> => ({
  ...wish,
  sagaId: `decommission-server-${wish.id}`,
});
