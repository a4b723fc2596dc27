import type { Area } from '../../shared/http/area.ts';
import { findDeadSagas } from './find-dead-sagas.timer.ts';
import { listDeadLetters } from './list-dead-letters.http.ts';
import { listEvents } from './list-events.http.ts';
import { listSagas } from './list-sagas.http.ts';
import { listSystems } from './list-systems.http.ts';
import { readSaga } from './read-saga.http.ts';
import { relayOutbox } from './relay-outbox.timer.ts';
import { replayDeadLetter } from './replay-dead-letter.http.ts';
import { resumeSaga } from './resume-saga.http.ts';
import { retrySaga } from './retry-saga.http.ts';
import { sagaEvents } from './saga-events.http.ts';
import { sagaHistory } from './saga-history.http.ts';
import { startLostSagasTimer } from './start-lost-sagas.timer.ts';
import { terminateSaga } from './terminate-saga.http.ts';
import { wakeSagas } from './wake-sagas.event.ts';

export const platform: Area = {
  endpoints: [
    listDeadLetters,
    listEvents,
    listSagas,
    listSystems,
    readSaga,
    replayDeadLetter,
    resumeSaga,
    retrySaga,
    sagaEvents,
    sagaHistory,
    terminateSaga,
  ],
  consumers: [wakeSagas],
  timers: [findDeadSagas, relayOutbox, startLostSagasTimer],
};
