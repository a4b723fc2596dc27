export { setup as default } from '../kit/postgres-setup.ts';
