import { orderOfBought } from '../../kit/fault-stories.ts';
import { describeSagaFaults } from '../../kit/saga-faults.ts';

await describeSagaFaults(orderOfBought, { index: 1, of: 2 });
