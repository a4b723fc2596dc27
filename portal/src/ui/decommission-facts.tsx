import type { DecommissionView } from '../../../shared/api/operations.ts';
import { StateBadge } from './badge.tsx';
import { CopyText } from './copy.tsx';
import { KeyValues } from './key-values.tsx';
import { Table } from './table.tsx';
import { When } from './when.tsx';
import { words } from './words.ts';

/** A server's end: who wanted it, how far it is, and the proof that nothing is left on its drives. */
export const DecommissionFacts = ({ decommission: { state, reason, disposition, requestedBy, createdAt, updatedAt, certificate } }: { decommission: DecommissionView }) => (
  <>
    <KeyValues of={{
      'State': <><StateBadge state={state} /> <When at={updatedAt} /></>,
      'Reason': reason,
      'Afterwards': words(disposition),
      'Proposed by': <>{requestedBy}, <When at={createdAt} /></>,
      'Erased': certificate && <><When at={certificate.erasedAt} />, by {certificate.standard}</>,
      'Certificate': certificate && <CopyText text={certificate.sagaId} label="certificate's saga" />,
    }} />
    {certificate && (
      <Table label="Erased drives" rows={certificate.drives} rowKey={({ serial }) => serial} columns={[
        { name: 'Drive', show: ({ serial }) => <code>{serial}</code> },
        { name: 'Method', show: ({ method }) => method },
        { name: 'Verified', show: ({ isVerified }) => <StateBadge state={isVerified ? 'verified' : 'not verified'} tone={isVerified ? 'good' : 'bad'} /> },
      ]} />
    )}
  </>
);
