export { teardown as default } from '../kit/postgres-setup.ts';
