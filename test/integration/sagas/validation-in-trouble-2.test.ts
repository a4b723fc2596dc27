import { validationInTrouble } from '../../kit/fault-stories.ts';
import { describeSagaFaults } from '../../kit/saga-faults.ts';

await describeSagaFaults(validationInTrouble, { index: 1, of: 2 });
