import { discoveryInTrouble } from '../../kit/fault-stories.ts';
import { describeSagaFaults } from '../../kit/saga-faults.ts';

await describeSagaFaults(discoveryInTrouble);
